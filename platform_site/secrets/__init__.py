"""Every key and password of a platform: made, kept and replaced."""
