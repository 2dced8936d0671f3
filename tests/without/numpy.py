"""Hides NumPy from the commands of the service, which are installed without it; sqlite-utils would import it."""

raise ImportError("hidden by tests/processes.py")
