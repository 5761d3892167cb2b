"""Looks for slow leaks: an hour of mixed traffic, in which nothing that is counted may grow."""
