"""A job and what can be done with it, for any host."""
