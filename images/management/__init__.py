"""Commands for people who run the platform."""
