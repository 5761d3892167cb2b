"""Django's backend for PostgreSQL, with connections that have a deadline."""
