"""What a user would pick instead: each is installed into var/bench, in the version written here."""
