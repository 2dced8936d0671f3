"""The real ECG that the demo sends; data/README.md names its source."""

import gzip
from importlib.resources import files

ATTRIBUTION = (
    "PTB Diagnostic ECG Database, record s0010_re, its first 10 s (PhysioNet, ODC-By 1.0;"
    " Bousseljot, Kreiseler, Schnabel 1995)"
)


def example_ecg() -> bytes:
    """Return the ECG as the body of `POST /ecg`."""
    return gzip.decompress(
        (files("ecg_service.cli.demo") / "data" / "ptb_s0010_re_10s.json.gz").read_bytes()
    )
