"""How much of a score is the person, on every task with results."""
