"""Fuzzing: any bytes, through every reader, with atheris. `make fuzz SECONDS=60 READER=noemie`; no READER: all."""
