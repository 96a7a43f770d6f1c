"""The decision on a project: what follows from flags, files and prompts, and the record of it."""
