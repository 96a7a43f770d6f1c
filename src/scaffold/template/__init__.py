"""Where the template comes from, and what is read of it."""
