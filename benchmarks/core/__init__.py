"""The core beside the libraries that people use for the same, in seconds and in instructions."""
