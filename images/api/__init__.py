"""The HTTP side of the role: public shapes for the gateway to pass on, and bytes for everyone."""
