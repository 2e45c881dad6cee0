"""The command line, ``xl-pricing``."""
