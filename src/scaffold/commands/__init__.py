"""The sequence of each command: what is decided, made and shown, in which order."""
