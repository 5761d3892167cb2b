"""What the platform asks of an S3 store, asked of real ones."""
