"""The files of a database: whose they are, which are open, and when they are whole."""
