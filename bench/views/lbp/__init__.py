"""Local binary patterns of volumes of frames."""
