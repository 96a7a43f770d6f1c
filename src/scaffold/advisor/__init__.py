"""The advisor: which framework the answers speak for, and why. Pure arithmetic on `rubric.yml`."""
