"""An app of a bad build, whose migration nobody has applied."""
