"""Builds the service: settings → adapters → services → pools → application → server.

The composition root; imports every layer but the command line.
"""
