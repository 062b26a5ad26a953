"""`bench literature`: one file per verb."""
