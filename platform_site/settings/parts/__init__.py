"""One capability a part; each matches one Kustomize component, so who holds what is visible."""
