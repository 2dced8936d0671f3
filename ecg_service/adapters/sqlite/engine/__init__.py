"""Connections, threads and transactions below the repositories; knows no table."""
