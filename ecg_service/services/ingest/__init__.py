"""Ingest: documents are submitted to a pool, whose actor reads and stores them."""
