"""What a project's migrations need when its answers change, and whether they still fit together."""
