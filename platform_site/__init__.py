"""Composition: which apps, parts and URLs make a role. Names apps by dotted string only."""
