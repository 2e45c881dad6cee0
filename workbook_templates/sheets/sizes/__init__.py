"""The Sizes sheet."""
