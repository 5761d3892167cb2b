"""Reads; whose rows may be seen is an argument of the query, never a second check."""
