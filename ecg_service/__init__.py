"""The ECG service: takes ECGs in over REST, counts zero crossings, keeps everything losslessly."""

__version__ = "0.1.0"
