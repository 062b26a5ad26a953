"""The words every room shares: clips, datasets, types, errors, names, seeds."""
