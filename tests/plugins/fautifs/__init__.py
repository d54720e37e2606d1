"""Plugins that are wrong, one defect each: the conformance kit must name it, and nothing else."""
