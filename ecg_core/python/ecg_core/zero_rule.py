"""What a sample equal to zero counts as, by name."""

from typing import Literal, TypeAlias

ZeroRule: TypeAlias = Literal["neutral", "positive", "negative", "distinct", "strict"]
