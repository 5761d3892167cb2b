"""SQLite as Django's ``ENGINE``, for the embedded role."""
