"""`bench results`: one file per verb."""
