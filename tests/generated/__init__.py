"""Projects installed, checked, served and called over HTTP."""
