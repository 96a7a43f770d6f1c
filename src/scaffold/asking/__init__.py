"""The prompts: what is asked, how one goes back, and what is kept of it."""
