"""What callers get while the database, a cache, the store or a role gives no answer."""
