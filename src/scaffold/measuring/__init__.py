"""How fast a service is on this machine: it is served on one core, and asked from another."""
