"""What `scaffold feature` writes into a project: names, fields, the project as found, and its files."""
