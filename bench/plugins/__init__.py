"""What a plugin is, and how it is found, configured and hashed."""
