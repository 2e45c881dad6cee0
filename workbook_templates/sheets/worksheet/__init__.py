"""The Worksheet."""
