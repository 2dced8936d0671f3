"""The command line, `ecg`."""

from ecg_service.cli.main import main

__all__ = ["main"]
