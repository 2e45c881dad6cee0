"""The Risk sheet."""
