"""What takes more than one call to one role."""
