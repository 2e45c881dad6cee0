"""The Sizes sheet: where the image goes, which size to generate for it, and what it costs."""

from collections.abc import Iterator
from dataclasses import replace

from openpyxl.styles import Border, Side
from openpyxl.utils import get_column_letter

from workbook_templates.book import blocks, tables, theme
from workbook_templates.book.blocks import Column, Figure, Input, listed
from workbook_templates.book.page import Book, Page
from workbook_templates.formulas import image, nearest
from workbook_templates.formulas.conditions import Check, compared, holds, whole
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.sizes import delivered
from workbook_templates.sheets.sizes.delivered import FIXED_ROOM, MADE, NONE, WINDOW, shown
from xl_pricing.estimation.delivery import MOST_DELIVERED_PX

PLACES = "tblDestinations"
TABLE = "tblDelivered"
ROOM = 20
"""Places that are shown; Checks says when there are more."""

_ASK_ROW, _CHOICE_ROW, _PLACES_ROW = 4, 9, 16
_FIRST_PLACE = _PLACES_ROW + 4
_LAST_PLACE = _FIRST_PLACE + ROOM - 1
_TEXT = replace(theme.COMPUTED, number=theme.TEXT)
_COUNTED, _RATE = theme.COMPUTED_COUNT, theme.COMPUTED_RATE
_MOST = f"{MOST_DELIVERED_PX:,}"

_ANY_PLACE = "the usual size of the place"
_NO_PLACE = "✘ not a place of the list: choose one, or type a size below"
_NO_SIZE = f"✘ not readable: px such as 1920x1080, edges of 1 to {_MOST}"
_PX = "1920x1080, or a ratio of the sizes table; empty: the usual size of the place"
USE = "To use it, on the Worksheet: aspect ratio custom, width {width}, height {height}."
AROUND, INSIDE = "Nearest legal size around it", "Nearest legal size inside it"
ITSELF, OF_FIXED = "It is legal as it is", "The model's size nearest in ratio"
CHEAPER = "✔ cheaper"
_EXPLANATION = (
    "A legal size around it, its ratio within 1 %, is cropped; one inside it is enlarged. Prices "
    "are of the Worksheet's model, quality, prompt, reference images and tier, by tokens."
)
_OF_PLACES = (
    "Usual sizes; rows of the table of places on the Rates sheet: change them, add yours. Where no "
    "legal size is large enough, the nearest one inside is named. Ratios over 3:1: type them above."
)

NOTES = (
    Check("note_delivery", "The delivered size of the Sizes sheet can be read",
          f"Choose a place of the list, or type px such as 1920x1080, edges of 1 to {_MOST}.",
          holds("delivery_valid=1")),
    Check("note_places_room", "The Sizes sheet has room for every place",
          f"It shows the first {ROOM} rows of the table of places.",
          holds(f"ROWS({PLACES}[destination])<=ROWS({TABLE}[row])")),
)  # fmt: skip
"""Rules for the Checks sheet."""

_TYPED = image.image_cells("delivery_")
_OF_PLACE = image.image_cells(
    width=f"N(INDEX({PLACES}[width_px],MAX(1,delivery_row)))*(delivery_row>0)",
    height=f"N(INDEX({PLACES}[height_px],MAX(1,delivery_row)))*(delivery_row>0)",
)
_HINT = f'IF(delivery_size="",IF(delivery_row=0,{sentence(_NO_PLACE)},{sentence(_ANY_PLACE)}),"")'
_HINT_SIZE = f'IF(AND(delivery_size<>"",delivery_valid=0),{sentence(_NO_SIZE)},{sentence(_PX)})'
ASKED = (
    Input("delivery_place", "«presentation»", "Where it goes",
          Figure("delivery_place_says", "", _HINT, look=theme.NOTE),
          "Choose a place; its usual size is on the Rates sheet.",
          rule=listed(f"{PLACES}[destination]", others=True)),
    Input("delivery_size", None, "Or a size of your own",
          Figure("delivery_size_says", "", _HINT_SIZE, look=theme.NOTE),
          "Px such as 1920x1080. Empty: the usual size of the place."),
    Figure("delivery_shown", "Delivered size",
           'IF(delivery_valid=1,delivery_width&"x"&delivery_height,"–")', "px", theme.RESULT),
)  # fmt: skip
DEFAULTS = {entry.name: entry.value for entry in ASKED if isinstance(entry, Input)}

_EDGE = ("delivery_width", "delivery_height")


def _searched(search: str) -> str:
    """Return a search for the delivered size of a line."""
    return nearest.of(search, "[@width]", "[@height]", "delivery")


WORKINGS = (
    Figure("delivery_row", "Row of the place",
           f"IFERROR(MATCH({image.exactly('TRIM(delivery_place)')},{PLACES}[destination],0),0)",
           "0 = none", _COUNTED),
    Figure("delivery_size_text", "Size as read", image.size_text(_TYPED, wide=True),
           "ratio or px", _TEXT),
    Figure("delivery_width", "Delivered width, px", image.width(_TYPED, _OF_PLACE), "0 = none",
           _COUNTED),
    Figure("delivery_height", "Delivered height, px", image.height(_TYPED, _OF_PLACE), "0 = none",
           _COUNTED),
    Figure("delivery_valid", "Delivered size is in range",
           "*".join(whole(cell, "1", f"{MOST_DELIVERED_PX}") for cell in _EDGE), "1 = yes",
           _COUNTED),
    *(Figure(name.replace("near", "delivery"), label,
             f'IF(counting="grid",{_searched(limit)},0)', "", _RATE)
      for (name, limit), label in zip(nearest.LIMITS.items(), (
          "Edge step, px", "Long to short, at most", "Longest edge, in steps",
          "Area from, in steps", "Area to, in steps"), strict=True)),
)  # fmt: skip
"""The delivered size as read, and what is legal, in steps."""

_WORK = 2 + 3 + len(shown(""))
"""The column from which on there are workings."""
_FIGURES_ROW = _FIRST_PLACE + ROOM + 2
_FIXED_ROW = _FIGURES_ROW + len(WORKINGS) + 2
_FIXED = [
    f"${letter}${_FIXED_ROW + 1}:${letter}${_FIXED_ROW + FIXED_ROOM}"
    for letter in map(get_column_letter, (_WORK + 1, _WORK + 2))
]


def _by_model(by_grid: str, fixed: str = "0") -> str:
    """Return what a line finds by the model's way of counting; 0 for a line without a size."""
    return f'IF([@width]*[@height]=0,0,IF(counting="grid",{by_grid},{fixed}))'


def _else(first: str, formula: str) -> str:
    """Return what was found before, or else what a search finds."""
    return f"IF({first}>0,{first},{formula})"


_ANY_COVERING, _ANY_INSIDE = (
    _searched(search(any_ratio=True)) for search in (nearest.covering, nearest.inside)
)
_MADE_EDGES = tuple(
    Column(f"made_{edge}", f"{edge.capitalize()} to generate, px", delivered.made(edge, cells),
           theme.NUMBER_COUNT)
    for edge, cells in zip(("width", "height"), _FIXED, strict=True)
)  # fmt: skip


def _code(name: str, caption: str, formula: str) -> Column:
    return Column(name, caption, formula, theme.NUMBER_COUNT)


def _edges(width: str, height: str) -> tuple[Column, Column]:
    return (
        Column("width", "Delivered width, px", width, theme.NUMBER_COUNT),
        Column("height", "Delivered height, px", height, theme.NUMBER_COUNT),
    )


def _choice(label: str, near: str, code: str, cheaper: str, none: str) -> tuple[Column, ...]:
    """Return the columns of a choice, shown ones first."""
    typed = (f"IF(delivery_valid=1,delivery_{edge},0)" for edge in ("width", "height"))
    return (
        Column("name", "What to generate", label, replace(theme.CELL, bold=True)),
        Column("mark", "Cheaper", f'IF([@made_width]=0,"",{cheaper})',
               replace(theme.CELL, bold=True, color=theme.TEAL)),
        Column("delivered", "Deliver, px",
               'IF([@made_width]=0,"",[@width]&"x"&[@height])', _CENTRED),
        *shown(none),
        *_edges(*typed),
        *(replace(column, formula=_by_model(column.formula)) for column in WINDOW),
        _code("near", "Near its ratio", near),
        _code("code", "Of any ratio", code),
        *_MADE_EDGES,
        *MADE,
    )  # fmt: skip


_CENTRED = replace(theme.CELL, align="center")
_LEGAL = "(choice_made_width_1=choice_width_1)*(choice_made_height_1=choice_height_1)"
_CHEAPER = {
    k: f'IF(ISNUMBER(choice_usd_1)*ISNUMBER(choice_usd_2)=0,"",'
    f'IF({compared(f"choice_usd_{k}")}<{compared(f"choice_usd_{3 - k}")},{sentence(CHEAPER)},""))'
    for k in (1, 2)
}
CHOICES = (
    _choice(
        f'IF([@made_width]=0,"",IF({_LEGAL}=1,{sentence(ITSELF)},'
        f'IF(counting="grid",{sentence(AROUND)},{sentence(OF_FIXED)})))',
        _by_model(delivered.around()),
        _by_model(_else("[@near]", _ANY_COVERING), delivered.fixed_row(*_FIXED)),
        _CHEAPER[1],
        f'IF(([@width]*[@height]>0)*(choice_made_width_2=0),{sentence(NONE)},"")',
    ),
    _choice(
        f'IF([@made_width]=0,"",{sentence(INSIDE)})',
        _by_model(f"IF({_LEGAL}*(choice_width_1>0)=1,0,{delivered.inside()})"),
        _by_model(f"IF({_LEGAL}*(choice_width_1>0)=1,0,{_else('[@near]', _ANY_INSIDE)})"),
        _CHEAPER[2],
        '""',
    ),
)
"""The two choices for the delivered size: around it, and inside."""
_TAKEN = {
    edge: f"IF(choice_made_width_1>0,choice_made_{edge}_1,choice_made_{edge}_2)"
    for edge in ("width", "height")
}
_USE = f'IF({_TAKEN["width"]}=0,"",{sentence(USE, **_TAKEN)})'


_ROW = f"(ROW()-ROW({TABLE}[[#Headers],[row]]))"


def _in_row(formula: str, otherwise: str = "0") -> str:
    """Return a figure of a place, ``otherwise`` in a row that has none."""
    return f"IF([@row]=0,{otherwise},{formula})"


def _if_grid(formula: str) -> str:
    return f'IF([@valid]*(counting="grid")=0,0,{formula})'


def _if_valid(formula: str, otherwise: str = "0") -> str:
    return f"IF([@valid]=0,{otherwise},{formula})"


_VALID = "*".join(
    f"({edge}>=1)*({edge}<={MOST_DELIVERED_PX})*({edge}=INT({edge}))"
    for edge in ("[@width]", "[@height]")
)
COLUMNS = (
    Column("place", "Where it goes", _in_row(f'INDEX({PLACES}[destination],[@row])&""', '""'),
           replace(theme.CELL, bold=True), 27),
    Column("ratio", "Ratio", _in_row(f'INDEX({PLACES}[ratio],[@row])&""', '""'), _CENTRED, 12),
    Column("delivered", "Deliver, px", _if_valid('[@width]&"x"&[@height]', '""'), _CENTRED, 14),
    *shown(f'IF([@valid]=0,"",{sentence(NONE)})'),
    Column("row", "Row of the place",
           f"IF({_ROW}>ROWS({PLACES}[destination]),0,{_ROW})", theme.NUMBER_COUNT),
    *_edges(*(_in_row(f"N(INDEX({PLACES}[{edge}_px],[@row]))") for edge in ("width", "height"))),
    Column("valid", "In range (1 = yes)", _in_row(_VALID), theme.NUMBER_COUNT),
    *(replace(column, formula=_if_grid(column.formula)) for column in WINDOW),
    _code("around", "Around, near its ratio", _if_grid(delivered.around())),
    _code("inside", "Inside, near its ratio", _if_grid(_else("[@around]", delivered.inside()))),
    _code("code", "What is taken",
          _if_valid(f'IF(counting="grid",[@inside],{delivered.fixed_row(*_FIXED)})')),
    *_MADE_EDGES,
    *MADE,
)  # fmt: skip
"""The places, and what to generate for each."""


def write(book: Book) -> None:
    """Write the sheet."""
    page = book.page("Sizes", _widths())
    says = "Where the image goes: which size to generate, what it costs, and what to crop or scale."
    blocks.head(page, "J", "Sizes", says)
    blocks.title(page, f"B{_ASK_ROW}:I{_ASK_ROW}", "1   What do you deliver?")
    blocks.write_entries(page, "BDE", _ASK_ROW + 1, ASKED)
    _choices(page)
    _places(page)
    _workings(page)
    page.print_setup(f"A1:I{_LAST_PLACE}", pages=1)
    page.protect()


def _widths() -> tuple[float, ...]:
    return (1.5, *(column.width or 13 for column in COLUMNS), 2)


def _choices(page: Page) -> None:
    """Write the two choices, and how to use one."""
    blocks.title(page, f"B{_CHOICE_ROW}:I{_CHOICE_ROW}", "2   What to generate for it")
    page.say(page.at(_CHOICE_ROW, _WORK), "Workings: nothing to type here", theme.SECTION)
    blocks.captions(page, f"B{_CHOICE_ROW + 1}", CHOICES[0])
    for k, columns in enumerate(CHOICES, start=1):
        blocks.write_line(page, (_CHOICE_ROW + 1 + k, 2), columns, f"choice_{{}}_{k}")
    page.heights({_CHOICE_ROW + 1: 28, _CHOICE_ROW + 2: 20, _CHOICE_ROW + 3: 20})
    page.formula(f"B{_CHOICE_ROW + 4}", "delivery_use", _USE, theme.NOTE)
    page.say(f"B{_CHOICE_ROW + 5}", _EXPLANATION, theme.NOTE)


def _places(page: Page) -> None:
    """Write the places."""
    title = "Usual sizes by place"
    blocks.title(page, f"B{_PLACES_ROW}:I{_PLACES_ROW}", title)
    page.say(f"B{_PLACES_ROW + 1}", _OF_PLACES, theme.NOTE)
    tables.write_table(page, TABLE, (_FIRST_PLACE - 2, 2), COLUMNS, [{}] * ROOM)
    page.heights({_FIRST_PLACE - 2: 28})
    unseen = Border(bottom=Side(style="thin", color=theme.PAPER))
    page.mark(f"B{_FIRST_PLACE}:I{_LAST_PLACE}", f'$B{_FIRST_PLACE}=""', border=unseen)
    page.flag_errors(f"B{_CHOICE_ROW + 2}:I{_LAST_PLACE}")


def _workings(page: Page) -> None:
    """Write the delivered size as read, and the fixed sizes of the model."""
    columns = "".join(map(get_column_letter, range(_WORK, _WORK + 3)))
    blocks.section(page, columns, _FIGURES_ROW, "The delivered size, and limits", *WORKINGS)
    letters = list(columns)
    heads = ("Row", "Width, px", "Height, px")
    blocks.headers(page, _FIXED_ROW, letters, heads)
    for k in range(1, FIXED_ROOM + 1):
        cells = (page.at(_FIXED_ROW + k, _WORK + i) for i in range(3))
        for at, (name, formula) in zip(cells, _fixed_size(k), strict=True):
            blocks.put(page, at, Figure(f"fixed_{name}_{k}", "", formula, look=_COUNTED))


def _fixed_size(k: int) -> Iterator[tuple[str, str]]:
    """Yield the k-th fixed size of the model: its row, 0 for none, and its edges."""
    rows = "(ROW(tblFixed[model])-ROW(tblFixed[[#Headers],[model]]))"
    before = f"fixed_row_{k - 1}" if k > 1 else "0"
    later = f"(tblFixed[model]=model_used)*({rows}>{before})"
    row = f"MOD(-SUMPRODUCT(MAX({later}*(row_base-{rows}))),row_base)"
    asked = 'counting="grid"' if k == 1 else f'OR(counting="grid",{before}=0)'
    size = f"INDEX(tblFixed[size],fixed_row_{k})"
    width, height = f'LEFT({size},FIND("x",{size})-1)', f'MID({size},FIND("x",{size})+1,9)'
    yield "row", f"IF({asked},0,{row})"
    for edge, text in (("width", width), ("height", height)):
        yield edge, f"IF(fixed_row_{k}=0,0,VALUE({text}))"
