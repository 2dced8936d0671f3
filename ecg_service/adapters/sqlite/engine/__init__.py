"""Connections, threads and transactions below the repositories, whatever the tables are."""
