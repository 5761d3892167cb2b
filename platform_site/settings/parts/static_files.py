"""Static files of installed apps: found at start and served by the role, never collected."""

from typing import Final

WHITENOISE_USE_FINDERS: Final = True
WHITENOISE_MIDDLEWARE: Final = ["whitenoise.middleware.WhiteNoiseMiddleware"]
