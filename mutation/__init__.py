"""Mutation testing of the service: each program that says one thing otherwise must fail a test.

Neither tool of PyPI does it here. mutmut 3.8 puts its own functions in the place of ours, which the
processes that tests start cannot import, and leaves out all that is not in a function. cosmic-ray 8.7
runs every test for every change, and half of its changes are of annotations (`int | None`).
"""
