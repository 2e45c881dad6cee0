"""The Actuals sheet."""
