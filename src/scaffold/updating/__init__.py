"""What happens to a project after it was made: other versions of its template, other answers."""
