"""What the service does, in terms of domain, ports and actors. Knows no framework."""
