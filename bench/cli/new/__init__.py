"""`bench new`: one file per kind of plugin."""
