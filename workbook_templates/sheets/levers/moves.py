"""The table of levers: each row is one move of the core, in its order, and changes one thing.

The rows differ only in what they ask for, so that every column has one formula: it chooses by row.
What levers and moves are called and cost is told by `xl_pricing.planning.moves`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column
from workbook_templates.formulas import image
from workbook_templates.formulas.conditions import compared
from workbook_templates.formulas.sentence import fixed, percent, sentence
from workbook_templates.sheets.levers.sizes import RATIOS
from xl_pricing.estimation.levers import IMAGES_PER_CALL
from xl_pricing.planning.moves import AS_NOW, LEVERS, MEASURED, MOVES, SPEED, MoveWords

TABLE = "tblLevers"
NO_PRICE = "the job has no price: see Checks"
NOT_THERE = "not available"


class Ask(NamedTuple):
    """When a move is there, and the columns that differ from the job's, by name."""

    there: str
    changes: Mapping[str, str]


def _own_ratio(name: str) -> Ask:
    edges = {edge: f"lever_k_{name}*lever_unit_{edge}" for edge in ("width", "height")}
    return Ask("lever_k_next>0", edges)


def _other_ratio(name: str) -> Ask:
    row = f"lever_row_{name}"
    edges = {edge: f"INDEX({RATIOS}[{edge}],{row})" for edge in ("width", "height")}
    return Ask(f"{row}>0", edges)


def _quality(sign: str) -> Ask:
    words, column = image.QUALITY_WORDS, f"quality_column{sign}1"
    within = f"AND({column}>=1,{column}<=COLUMNS({words}))"
    there = f"IF(ISNUMBER(measured_tokens),0,{within})"
    return Ask(there, {"quality": f"INDEX({words},{column})"})


def _retries(sign: str) -> Ask:
    changed = f"retries_used{sign}retries_step"
    return Ask(f"{compared(changed)}>=1", {"retries": changed})


def _references(sign: str) -> Ask:
    changed = f"lever_references{sign}1"
    there = f"AND({changed}>=0,{changed}<=max_references)"
    return Ask(there, {"references": changed})


_COUNTS = ("1", "images_per_call_some", "images_per_call_many")
ASKS = {
    "size_next": _own_ratio("next"),
    "size_smallest": _own_ratio("smallest"),
    "ratio_nearest": _other_ratio("nearest"),
    "ratio_larger": _other_ratio("larger"),
    "quality_down": _quality("-"),
    "quality_up": _quality("+"),
    "retries_less": _retries("-"),
    "retries_more": _retries("+"),
    **{
        f"images_per_call_{n}": Ask("1", {"n": count})
        for n, count in zip(IMAGES_PER_CALL, _COUNTS, strict=True)
    },
    "prompt_twice": Ask("N(prompt_tokens)>0", {"prompt": "2*prompt_tokens"}),
    "references_less": _references("-"),
    "references_more": _references("+"),
    "other_tier": Ask("1", {"tier": 'IF(tier="batch","standard","batch")'}),
}
"""What each move of the core asks for."""
_JOB = {
    "width": "size_width",
    "height": "size_height",
    "quality": "lever_quality",
    "n": "images_per_call",
    "prompt": "lever_prompt",
    "references": "lever_references",
    "tier": "tier",
    "retries": "retries_used",
}
"""What a row asks for where its move changes nothing."""
_SHOWN = {
    "size": ("size_used", '[@width]&"x"&[@height]'),
    "quality": ("quality", "[@quality]"),
    "retries": (fixed("retries_used"), fixed("[@retries]")),
    "n": (fixed("images_per_call", 0), fixed("[@n]", 0)),
    "prompt": (fixed("N(prompt_tokens)", 0), fixed("N([@prompt])", 0)),
    "references": (fixed("lever_references", 0), fixed("[@references]", 0)),
    "tier": ("tier", "[@tier]"),
}
"""What tells the state of the levers, now and then, by the core's names."""

_SHOWS = tuple(_SHOWN[LEVERS[move.lever].shows] for move in MOVES)
_PIXELS = "[@width]*[@height]/pixels"
_COSTS = {
    "fewer": percent(f"1-{_PIXELS}"),
    "more": percent(f"{_PIXELS}-1"),
    "speed": f'IF(tier="batch",{sentence(SPEED["standard"])},{sentence(SPEED["batch"])})',
}


def _absent(move: MoveWords) -> str:
    """Return why a move is not there."""
    said = sentence(move.absent or NO_PRICE)
    if not LEVERS[move.lever].by_rule:
        return said
    return f"IF(ISNUMBER(measured_tokens),{sentence(MEASURED)},{said})"


def _choose(formulas: Iterable[str]) -> str:
    return f"CHOOSE([@row],{','.join(formulas)})"


def _asked(name: str, missing: str) -> str:
    """Return what each row asks for, ``missing`` where its move is not there."""
    asked = (ASKS[move.name].changes.get(name, _JOB[name]) for move in MOVES)
    return f"IF([@there]=0,{missing},{_choose(asked)})"


def _if_there(formula: str) -> str:
    return f'IF([@there]=0,"",{formula})'


def _if_priced(formula: str) -> str:
    return f"IF(ISNUMBER([@cost_per_image]),{formula},NA())"


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
_RATES = image.rates()


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
_LESS = "+".join(_less(meter) for meter in image.METERS)
_FEWER = "[@cost_per_image]*(retries_used-[@retries])"
_CHANGE = f'IF([@now]=[@then],{sentence(AS_NOW, now="[@now]")},[@now]&" → "&[@then])'
_ABSENT = f"IF(lever_priced=0,{sentence(NO_PRICE)},{_choose(map(_absent, MOVES))})"

MONEY = replace(theme.NUMBER, number='"$"#,##0.00;-"$"#,##0.00')
_PRICE = replace(theme.NUMBER, number=theme.USD_FINE)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_FACTOR = replace(theme.NUMBER, number=theme.FACTOR)
_SHARE = replace(theme.NUMBER, number=theme.PERCENT)
SHOWN_COLUMNS = (
    Column("lever", "Lever", _choose(sentence(LEVERS[move.lever].title) for move in MOVES),
           width=24),
    Column("change", "Now → then", f"IF({_PRICED},{_CHANGE},{sentence(NOT_THERE)})", width=27),
    Column("cost_per_image", "USD per image",
           f"IF([@there]=0,NA(),IFERROR({image.usd(_TOKENS, _RATES)},NA()))", _PRICE, 17),
    Column("budget", "Budget, USD",
           _if_priced("[@cost_per_image]*finals*[@retries]*(1+buffer)"), MONEY, 13),
    Column("saving", "Saving, USD (minus: costs more)",
           _if_priced(f"finals*(1+buffer)*([@less]*retries_used+{_FEWER})"), MONEY, 17),
    Column("saving_share", "Saving", _if_priced("IF(lever_before=0,0,[@saving]/lever_before)"),
           _SHARE, 14),
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
    Column("retries", "Retries", _asked("retries", "0"), _FACTOR),
    Column("model_row", "Row of the model", "IF([@there]=0,0,model_row)", _COUNT),
    Column("tier_column", "Column of the tier", f"IFERROR({image.tier_column('[@tier]')},-1)",
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
