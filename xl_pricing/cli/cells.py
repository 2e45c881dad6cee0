"""Texts that a sheet may open: none of them is ever a formula."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_text(text: str) -> str:
    """Return a text that Excel and LibreOffice take as text, whatever it begins with."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
