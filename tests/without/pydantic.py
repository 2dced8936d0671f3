"""Hides Pydantic from the commands of the service, which are installed without it; Litestar would import it."""

raise ImportError("hidden by tests/processes.py")
