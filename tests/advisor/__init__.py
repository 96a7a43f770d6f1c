"""The recommendation: a rubric, its arithmetic, and an independent oracle of both."""
