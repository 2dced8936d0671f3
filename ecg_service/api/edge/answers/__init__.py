"""How answers are sent: their format and coding, entity tags, and what every answer has."""
