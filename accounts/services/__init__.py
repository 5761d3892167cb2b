"""What the app changes; each function is one use case. Reads live in `accounts.selectors`."""
