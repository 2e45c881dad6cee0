"""Hosts: thin rooms that bring their values to the functions and the answers back."""
