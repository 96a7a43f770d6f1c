"""The evidence: what was proven of our template, with which versions, and what that says of a project."""
