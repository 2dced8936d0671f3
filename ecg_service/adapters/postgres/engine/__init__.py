"""Connections, transactions and time limits below the repositories, whatever the tables are."""
