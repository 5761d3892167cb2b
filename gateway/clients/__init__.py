"""Typed clients, one module for each role that the gateway calls."""
