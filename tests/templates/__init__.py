"""Every combination, rendered and looked at; nothing is installed."""
