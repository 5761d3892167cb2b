"""Calls to other roles."""
