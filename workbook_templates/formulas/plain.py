"""Texts as they are pasted: full-width letters and the blanks of web pages, read as plain ones."""

NO_BREAK = "\u00a0"
"""The blank of web pages, at which no line ends."""
BLANKS = dict.fromkeys(f"{NO_BREAK}\u202f\u3000", " ")
"""A blank that does not break, a narrow one, and a full-width one."""
DIGITS = {chr(0xFF10 + digit): f"{digit}" for digit in range(10)}
"""Full-width digits, as a Chinese keyboard may type them."""
MARKS = {"\uff0e": ".", "\uff0c": ",", "\uff05": "%"}
"""Full-width marks in a number."""


def substituted(text: str, letters: dict[str, str]) -> str:
    """Return the formula of a text with letters in place of others."""
    for letter, plain in letters.items():
        text = f'SUBSTITUTE({text},"{letter}","{plain}")'
    return text
