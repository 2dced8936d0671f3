"""`python -m ecg_service` is `ecg`."""

from ecg_service.cli import main

main(prog_name="ecg")
