"""What users grant to devices and clients, so that these need no password."""
