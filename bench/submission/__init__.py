"""Results packed for others, and what can be checked about them."""
