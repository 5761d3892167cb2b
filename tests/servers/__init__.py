"""Real servers: PostgreSQL and Redis from pip wheels, S3 over HTTP, roles as processes."""
