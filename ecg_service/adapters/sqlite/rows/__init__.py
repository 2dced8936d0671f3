"""Rows of the tables: their columns and checksums, and what they hold as values of the domain."""
