"""Arrays on disk, by content."""
