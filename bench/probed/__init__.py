"""What runs inside a role that is probed: the clock of its parts, and its server's hooks."""
