"""The project that most would write first: Django, DRF and simplejwt with their own defaults."""
