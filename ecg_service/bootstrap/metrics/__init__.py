"""What Prometheus is told of the service: `table.py` says what, `page.py` writes it.

Nothing is counted for it but requests (`requests.py`); the rest is what the parts of the service know of
themselves (`statistics()`). Of several workers each leaves its counts in memory that all share (`shared.py`),
and whoever is asked adds them up.
"""
