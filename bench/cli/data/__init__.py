"""`bench data`: one file per verb."""
