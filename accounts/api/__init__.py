"""The routes of the app."""
