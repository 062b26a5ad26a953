"""The numbers that papers print, and which of them cannot be."""
