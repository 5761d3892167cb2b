"""One module per role, composed from `base` and `parts`; environments differ by variables only."""
