"""Failures on purpose: each file breaks one thing under load; a judge reads what became of it."""
