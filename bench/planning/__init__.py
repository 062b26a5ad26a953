"""What to run: the plan of a run, and the splits of each protocol."""
