"""The HTTP face of the images role: internal JSON for the gateway, signed bytes for everyone."""
