"""Fault injection: what a benchmark looks like after anything that can go wrong has gone wrong.

`python -m tests.faults` runs the whole campaign (`--write docs/faults.md` writes its table);
`pytest tests/faults` a short selection of it, and the campaign with `-m slow`.
"""
