"""Property tests against libraries that compile at their first call: no deadline."""

from hypothesis import settings

settings.register_profile("oracle", deadline=None)
settings.load_profile("oracle")
