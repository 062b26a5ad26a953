"""What is to run."""
