"""The commands that run and administer a service."""
