"""Insights in the background: what is pending is computed when there is a lull in ingest, and is never forgotten."""
