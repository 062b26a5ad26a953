"""Trained models: saved in a folder, loaded again, and used on clips of one's own."""
