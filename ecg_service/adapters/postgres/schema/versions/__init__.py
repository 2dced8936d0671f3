"""The steps of the schema, in order of name; a published step never changes."""
