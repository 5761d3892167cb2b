"""The whole platform in one process tree, on one machine, without servers."""
