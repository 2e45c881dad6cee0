"""The Summary: one page to print and send."""
