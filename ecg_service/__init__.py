"""The ECG service: ingests ECGs over REST, counts zero crossings, stores samples losslessly."""

__version__ = "0.1.0"
