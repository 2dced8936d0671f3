"""The outside world behind the ports: one module or package for each thing we talk to."""
