"""The making of a project: its files, and what follows them."""
