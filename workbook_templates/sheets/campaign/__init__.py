"""The Campaign sheet."""
