"""How all tests run: an example of a property test may take as long as a busy machine needs."""

from hypothesis import settings

settings.register_profile("nq57", deadline=None)
settings.load_profile("nq57")
