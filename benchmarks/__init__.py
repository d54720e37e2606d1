"""Benchmarks: `make bench` runs them all and writes docs/reference/benchmarks.md. A timing is never a test."""
