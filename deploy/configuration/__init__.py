"""Makes docs/configuration.md from the readers themselves."""
