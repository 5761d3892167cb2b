"""People, their sessions and the tokens that prove both. The only app that can sign."""
