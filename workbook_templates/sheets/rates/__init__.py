"""The Rates sheet."""
