"""The views of /api/v1, grouped by what they are about."""
