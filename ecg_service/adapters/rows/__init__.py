"""What the tables of every database hold: columns and checksums, and their values of the domain."""
