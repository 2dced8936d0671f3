"""Benchmarks: what we claim, measured beside what we compare it with, in the same run."""
