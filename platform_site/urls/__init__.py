"""One URLconf per role. Apps are named by dotted string, so a role imports its own app only."""
