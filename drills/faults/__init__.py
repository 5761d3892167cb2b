"""One file a failure: `make drills ONLY=name` runs it, `drills/k8s/run name` in a cluster."""
