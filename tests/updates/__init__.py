"""That every release is named for good, and that every project of one updates."""
