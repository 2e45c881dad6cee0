"""The table of levers: each row is one move of the core, in its order, and changes one thing.

The rows differ only in what they ask for, so that every column has one formula: it chooses by row.
What levers and moves are called and cost is told by `xl_pricing.planning.moves`.
"""

from collections.abc import Iterable
from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.conditions import compared
from workbook_templates.formulas.sentence import percent, sentence
from workbook_templates.sheets.levers.asks import ASKS, JOB_ASKS, REPEATS, SHOWN
from xl_pricing.planning.moves import AS_NOW, LEVERS, MEASURED, MOVES, SPEED, MoveWords

TABLE = "tblLevers"
NO_PRICE = "the job has no price: see Checks"
NOT_THERE = "not available"


_SHOWS = tuple(SHOWN[LEVERS[move.lever].shows] for move in MOVES)
_PIXELS = "[@width]*[@height]/pixels"
_COSTS = {
    "fewer": percent(f"1-{_PIXELS}"),
    "more": percent(f"{_PIXELS}-1"),
    "speed": f'IF(tier_used="batch",{sentence(SPEED["standard"])},{sentence(SPEED["batch"])})',
}


def _absent(move: MoveWords) -> str:
    """Return why a move is not there."""
    said = sentence(move.absent or NO_PRICE)
    if move.name in REPEATS:
        repeats, told = REPEATS[move.name]
        said = f"IF({repeats},{sentence(told)},{said})"
    if not LEVERS[move.lever].by_rule:
        return said
    return f"IF(ISNUMBER(measured_tokens),{sentence(MEASURED)},{said})"


def _choose(formulas: Iterable[str]) -> str:
    return f"CHOOSE([@row],{','.join(formulas)})"


def _asked(name: str, missing: str) -> str:
    """Return what each row asks for, ``missing`` where its move is not there."""
    asked = (ASKS[move.name].changes.get(name, JOB_ASKS[name]) for move in MOVES)
    return f"IF([@there]=0,{missing},{_choose(asked)})"


def _if_there(formula: str) -> str:
    return f'IF([@there]=0,"",{formula})'


def _if_priced(formula: str) -> str:
    """Return a figure of a move; one without a price is blank, #N/A where the job has none."""
    return f"IF(ISNUMBER([@cost_per_image]),{formula},[@cost_per_image])"


_SPEC = image.image_cells(
    images="[@n]",
    prompt="[@prompt]",
    references="[@references]",
    reference_tokens="lever_reference_tokens",
)
_TOKENS = {"text_in": "[@text_tokens]", "image_in": "[@image_tokens]", "image_out": "[@tokens]"}
_TOKENS_NOW = {
    "text_in": "tokens_text_in",
    "image_in": "tokens_image_in",
    "image_out": "IF(ISNUMBER(measured_tokens),measured_tokens,tokens_image_out)",
}
_RATES = charges.rates()


def _less(meter: str) -> str:
    """Return what a meter of an image costs less: exact where a budget hardly changes."""
    now, then = _TOKENS_NOW[meter], _TOKENS[meter]
    return f"IF({now}+{then}=0,0,({now}-{then})*rate_{meter}+{then}*(rate_{meter}-{_RATES[meter]}))"


# Whether each row saves more than this one; of the same ones the earlier.
_THEIRS, _MINE = compared(f"{TABLE}[effect]"), compared("[@effect]")
_OVER = f"(({_THEIRS}>{_MINE})+({_THEIRS}={_MINE})*({TABLE}[row]<[@row]))"
_OTHERS = f"SUMPRODUCT(({TABLE}[lever]=[@lever])*{_OVER})"
_ADVISED = f"[@lever]<>{sentence(LEVERS['ratio'].title)}"
_PRICED = "ISNUMBER([@saving])"
_LESS = "+".join(_less(meter) for meter in charges.METERS)
_FEWER = "[@cost_per_image]*(retries_used-[@retries])"
_CHANGE = f'IF([@now]=[@then],{sentence(AS_NOW, now="[@now]")},[@now]&" → "&[@then])'
_ABSENT = f"IF(lever_priced=0,{sentence(NO_PRICE)},{_choose(map(_absent, MOVES))})"

MONEY = replace(theme.NUMBER, number=theme.USD_SIGNED)
_PRICE, _COUNT = theme.NUMBER_PRICE, theme.NUMBER_COUNT
SHOWN_COLUMNS = (
    Column("lever", "Lever", _choose(sentence(LEVERS[move.lever].title) for move in MOVES),
           width=24),
    Column("change", "Now → then", f"IF({_PRICED},{_CHANGE},{sentence(NOT_THERE)})", width=27),
    Column("cost_per_image", "USD per image",
           f'IF(lever_priced=0,NA(),IF([@there]=0,"",IFERROR({charges.usd(_TOKENS, _RATES)},"")))',
           _PRICE, 17),
    Column("budget", "Budget, USD",
           _if_priced("[@cost_per_image]*finals*[@retries]*(1+buffer)"), MONEY, 13),
    Column("saving", "Saving, USD (minus: costs more)",
           _if_priced(f"finals*(1+buffer)*([@less]*retries_used+{_FEWER})"), MONEY, 17),
    Column("saving_share", "Saving", _if_priced("IF(lever_before=0,0,[@saving]/lever_before)"),
           theme.NUMBER_SHARE, 14),
    Column("costs", "What it costs in quality or time",
           f"IF({_PRICED},{_choose(sentence(move.costs, **_COSTS) for move in MOVES)},{_ABSENT})",
           width=66),
)  # fmt: skip
"""What is printed of the table."""
COLUMNS = (
    *SHOWN_COLUMNS,
    Column("row", "Row", f"ROW()-ROW({TABLE}[[#Headers],[row]])", _COUNT),
    Column("there", "There (1 = yes)",
           f"IF(lever_priced=0,0,IF({_choose(ASKS[move.name].there for move in MOVES)},1,0))",
           _COUNT),
    Column("now", "Now", _if_there(_choose(now for now, _ in _SHOWS))),
    Column("then", "Then", _if_there(_choose(then for _, then in _SHOWS))),
    Column("width", "Width, px", _asked("width", "0"), _COUNT),
    Column("height", "Height, px", _asked("height", "0"), _COUNT),
    Column("quality", "Quality", _asked("quality", '""'), theme.NUMBER),
    Column("n", "Images per call", _asked("n", "0"), _COUNT),
    Column("prompt", "Prompt tokens", _asked("prompt", '""'), _COUNT),
    Column("references", "Reference images", _asked("references", "0"), _COUNT),
    Column("tier", "Price tier", _asked("tier", '""'), theme.NUMBER),
    Column("retries", "Retries", _asked("retries", "0"), theme.NUMBER_FACTOR),
    Column("model_row", "Row of the model", "IF([@there]=0,0,model_row)", _COUNT),
    Column("tier_column", "Column of the tier", f"IFERROR({charges.tier_column('[@tier]')},-1)",
           _COUNT),
    Column("legal", "Legal (1 = yes)", image.legal(_SPEC), _COUNT),
    Column("grid", "Grid", image.grid(_SPEC), _COUNT),
    Column("cells", "Short-edge cells", image.cells(_SPEC), _COUNT),
    Column("listed", "Tokens of the fixed size", image.listed_tokens(_SPEC), _COUNT),
    Column("tokens", "Output tokens per image",
           f"IF([@there]=0,NA(),{image.output_tokens(_SPEC)})", _COUNT),
    Column("text_tokens", "Text tokens", image.text_tokens(_SPEC), _COUNT),
    Column("image_tokens", "Reference tokens", image.image_tokens(_SPEC), _COUNT),
    Column("less", "USD less per image", _if_priced(f"({_LESS})/tokens_per_mtok"), _PRICE),
    Column("effect", "Saving, 0 if not there", f"IF({_PRICED},[@saving],0)", MONEY),
    Column("champion", "Best of its lever (1 = yes)",
           f"IF(AND({_ADVISED},{_MINE}>0),IF({_OTHERS}=0,1,0),0)", _COUNT),
    Column("place", "Place among the best",
           f"IF([@champion]=0,0,1+SUMPRODUCT({TABLE}[champion]*{_OVER}))", _COUNT),
)  # fmt: skip
"""The table of levers."""
