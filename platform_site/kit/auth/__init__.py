"""Who a caller is: tokens, the keys that verify them, and the sessions that ended."""
