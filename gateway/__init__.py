"""The public edge: the REST API. Owns no rows and no bytes, and signs nothing."""
