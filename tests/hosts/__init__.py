"""The places the functions run in, driven without Excel."""
