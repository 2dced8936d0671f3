"""Implementations of the ports, one module or package for each external system."""
