"""Backups of a whole platform: its database, its objects, and the proof that both come back."""
