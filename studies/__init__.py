"""Experiments that the documentation reports, each run by `python -m studies.NAME`."""
