"""The Levers sheet."""
