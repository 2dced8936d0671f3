"""The command line: `ecg`. Knows the layers below it, and nothing knows it."""

from ecg_service.cli.main import main

__all__ = ["main"]
