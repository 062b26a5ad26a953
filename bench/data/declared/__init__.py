"""Datasets without code: a table of clips and a few lines of TOML."""
