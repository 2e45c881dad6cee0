"""Numbers that were typed as text, such as ``0,92`` or ``20 %``: which number was meant.

The formulas read digits alone, for VALUE would read a point or a comma as the reader's locale does.
"""

from workbook_templates.book import theme
from workbook_templates.book.blocks import Figure
from workbook_templates.formulas import plain as letters
from workbook_templates.formulas.conditions import is_number

_MARKS = "||.|,|%|.%|,%|"
"""What may stand in such a text beside digits and spaces."""


def _without(text: str, letters: str) -> str:
    for letter in letters:
        text = f'SUBSTITUTE({text},"{letter}","")'
    return text


def _read(name: str) -> str:
    """Return the number in a cell or in its text, blank where it can be read in two ways.

    ``1,234`` and ``1.234`` may be a thousand.
    """
    text = f"text_{name}"
    plain = f'SUBSTITUTE({_without(text, "%")},",",".")'
    places = f'MAX(0,LEN({plain})-FIND(".",{plain}&"."))'
    percent = f"IF({text}={_without(text, '%')},1,100)"
    found = f'IFERROR(VALUE({_without(plain, ".")})/10^{places}/{percent},"")'
    in_doubt = f'AND({places}=3,LEFT({plain},1)<>"0")'
    is_text = f'ISNUMBER(FIND("|"&{_without(text, "0123456789")}&"|","{_MARKS}"))'
    of_text = f'IF({is_text},IF({in_doubt},"",{found}),"")'
    return f'IF({is_number(name)},{name},IF(ISLOGICAL({name}),"",{of_text}))'


def _text(name: str) -> str:
    """Return the text in a cell, without blanks."""
    return letters.substituted(
        f'{name}&""', {**letters.BLANKS, " ": "", **letters.DIGITS, **letters.MARKS}
    )


_LABELS = {
    "measured_tokens": "Measured output tokens as read",
    "images_per_call": "Images per call as read",
    "prompt_tokens": "Prompt tokens as read",
    "reference_images": "Reference images as read",
    "reference_width": "Reference width as read",
    "reference_height": "Reference height as read",
    "finals": "Finals as read",
    "retries": "Retries as read",
    "buffer": "Buffer as read",
    "units_per_usd": "Units per USD as read",
}
_AS_TYPED = {
    name: f"{label.removesuffix(' as read')}, its letters" for name, label in _LABELS.items()
}
READ = tuple(
    figure
    for name, label in _LABELS.items()
    for figure in (
        Figure(f"text_{name}", _AS_TYPED[name], _text(name), "without blanks, in plain digits",
               theme.COMPUTED_TEXT),
        Figure(f"read_{name}", label, _read(name), "for the right value beside it",
               theme.COMPUTED_RATE),
    )
)  # fmt: skip
"""The inputs that are numbers, with what their text would be."""
