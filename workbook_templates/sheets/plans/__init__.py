"""The Plans sheet."""
