"""What the service does, over domain, ports and actors. Imports no framework."""
