"""What the tokens of a row cost on its day, and the first known cause that explains its bill.

The same causes, in the same order, as `xl_pricing.estimation.causes.find_cause` tells of a row
whose price tier and kinds of tokens nobody told: every price is a span of two readings.
"""

from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.conditions import compared, first_of
from workbook_templates.formulas.faults import Fault
from workbook_templates.formulas.sentence import fixed
from workbook_templates.sheets.rates import tariffs
from xl_pricing.estimation.causes import LEAST_PLACES, MOST_PLACES, Cause

CAUSE_TABLE = "tblCauses"
NO_RATE = "no rate on its day"
_FIXES = {
    Cause.AGREES: "Nothing to do: input counts as text.",
    Cause.AGREES_AS_TOLD:
        "Nothing to do: with some input as images, or not typed, the amount is right.",
    Cause.AGREES_BATCH: "Nothing to do: batch is half the price.",
    Cause.NOTHING_BILLED:
        "A free day, or a log without prices. It lowers what is measured: type the real bill, or "
        "delete it.",
    Cause.OUTPUT_AS_TEXT:
        "Older price lists and tools know one output price. Type what the invoice says.",
    Cause.OTHER_TOKENS: "Correct size, quality, generations or tokens: they do not fit together.",
    Cause.MULTIPLE: "Ask the reseller, or see whether data residency (1.1) was chosen.",
    Cause.NO_TOKENS: "Type the tokens, or leave them empty.",
    Cause.DIFFERS: "No known cause explains it: look at the invoice.",
}  # fmt: skip
CAUSES = (
    Fault("", "not compared", "No output tokens are typed, or the row has a fault."),
    *(Fault("", f"{'✔' if cause.is_agreement else '▲'} {cause}", fix)
      for cause, fix in _FIXES.items()),
    Fault("", f"▲ {NO_RATE}", "Add the rates of that day to the rates table."),
)  # fmt: skip
"""What a row says of its bill, by the code that its field ``cause`` holds."""
_CODES = {cause: code for code, cause in enumerate(_FIXES, start=1)}
_NO_RATE_CODE = len(CAUSES) - 1
FIRST_DIFFERING = 1 + sum(cause.is_agreement for cause in _FIXES)
"""The first code of a row that is billed other than its tokens say."""
NOTHING_CODE = _CODES[Cause.NOTHING_BILLED]

_IMAGE = image.image_cells()
_USUAL = image.output_tokens(_IMAGE)
_INPUT, _OUTPUT, _BILLED, _OFF = "N([@input_tokens])", "[@output_tokens]", "[@billed]", "[@off]"


def _rate(meter: str, tier: str = "standard") -> str:
    return tariffs.rate(tier, meter, "[@tariff]")


_TEXT_OUT = f"IFERROR({_rate('text_out')},text_out_usd)"
_MOST_INPUT = f"IF(ISBLANK([@input_tokens]),untold_input*[@generations],{_INPUT})"


def _priced(*parts: tuple[str, str]) -> str:
    """Return USD of tokens times their rates; blank in a row that is not compared."""
    usd = "+".join(charges.charge(tokens, rate) for tokens, rate in parts)
    return f'IF([@tariff]=0,"",({usd})/tokens_per_mtok)'


def _least(tier: str) -> str:
    """Return the cheapest reading: input is text, output over the usual may be text."""
    return _priced(
        (_INPUT, _rate("text_in", tier)),
        (f"({_OUTPUT}-[@written])", _rate("image_out", tier)),
        ("[@written]", _rate("text_out", tier)),
    )


def _most(tier: str) -> str:
    """Return the dearest reading: all is images, and there may be input that is not told."""
    return _priced((_MOST_INPUT, _rate("image_in", tier)), (_OUTPUT, _rate("image_out", tier)))


def _fits(least: str, most: str) -> str:
    """Return the condition that the bill lies within a span, to its own rounding."""
    return f"IFERROR({compared(f'MAX([@{least}]-{_BILLED},{_BILLED}-[@{most}])')}<={_OFF},FALSE)"


def _off() -> str:
    """Return half of the last decimal of the bill."""
    halves = {places: f"{0.5 / 10**places:.{places + 1}f}" for places in
              range(LEAST_PLACES, MOST_PLACES + 1)}  # fmt: skip
    cases = [(f"ROUND({_BILLED},{places})={_BILLED}", half) for places, half in halves.items()]
    return f'IF([@tariff]=0,"",{first_of(cases[:-1], halves[MOST_PLACES])})'


def _multiple() -> str:
    """Return the round multiple of the price that was billed, 0 where none or several fit."""
    low, high = f"({_BILLED}-{_OFF})/[@most_usd]", f"({_BILLED}+{_OFF})/[@expected_usd]"
    found = f"ROUNDUP({compared(f'{low}*multiple_steps')},0)/multiple_steps"
    near = f"2*multiple_steps*({high}-{low})<=1"
    fits = f"{compared(f'{found}-{high}')}<=0"
    fits = f"AND({near},{fits},{found}<=most_multiple)"
    return f"IF([@tariff]=0,0,IF(OR([@expected_usd]=0,{_BILLED}<={_OFF}),0,IF({fits},{found},0)))"


_AGREES = f"ABS({compared(f'{_BILLED}-[@expected_usd]')})<={_OFF}"


def _if_usual(cause: Cause) -> str:
    """Return the code of an agreement, another one where the tokens are not the usual ones."""
    return f"IF([@is_usual]=1,{_CODES[cause]},{_CODES[Cause.OTHER_TOKENS]})"


_CASES = (
    ("ISERROR([@tariff])", _NO_RATE_CODE),
    ("[@tariff]=0", 0),
    ("ISERROR([@expected_usd]+[@most_usd])", _NO_RATE_CODE),
    (f"IF({_BILLED}=0,[@expected_usd]>0,FALSE)", _CODES[Cause.NOTHING_BILLED]),
    (_AGREES, _if_usual(Cause.AGREES)),
    (_fits("expected_usd", "most_usd"), _if_usual(Cause.AGREES_AS_TOLD)),
    (_fits("batch_least", "batch_most"), _if_usual(Cause.AGREES_BATCH)),
    (f"IF({_OUTPUT}>0,{_fits('text_least', 'text_most')},FALSE)", _CODES[Cause.OUTPUT_AS_TEXT]),
    ("[@is_usual]=0", _CODES[Cause.OTHER_TOKENS]),
    ("[@most_usd]=0", _CODES[Cause.NO_TOKENS]),
    ("[@multiple]>0", _CODES[Cause.MULTIPLE]),
)
_CODE = first_of([(test, f"{code}") for test, code in _CASES], f"{_CODES[Cause.DIFFERS]}")
_NEAREST = f"IF(OR({_BILLED}>[@most_usd],[@expected_usd]=0),[@most_usd],[@expected_usd])"
_FIGURES = {
    Cause.OTHER_TOKENS: f'" "&{fixed("[@usual]", 0)}',
    Cause.MULTIPLE: f'" "&{fixed("[@multiple]")}',
    Cause.DIFFERS: f'" "&{fixed(f"100*({_BILLED}/{_NEAREST}-1)", 1)}&"%"',
}
"""What stands behind the words."""
_FIGURE = first_of(
    [(f"[@cause]={_CODES[cause]}", figure) for cause, figure in _FIGURES.items()], '""'
)
_COMPARED = "AND([@fault]=0,ISNUMBER([@output_tokens]))"
_OFF_USUAL = (
    f"MAX([@usual]-{_OUTPUT}+[@written],{_OUTPUT}-[@written]-[@usual]-more_tokens*[@generations])"
)
_COUNT = replace(theme.NUMBER, number=theme.COUNT)
_USD = replace(theme.NUMBER, number=theme.USD_FINE)
READ = (
    Column("expected_usd", "Expected from the tokens, USD", _least("standard"),
           replace(theme.NUMBER, number='"$"#,##0.0000'), 11.5,
           "The price of the tokens on that day, where output tokens are typed. Input counts as "
           "text; images among it cost more."),
    Column("why", "Why it differs", f'IF([@cause]=0,"",INDEX({CAUSE_TABLE}[says],[@cause]+1)'
           f"&{_FIGURE})", theme.CELL, 36),
)  # fmt: skip
"""What people read of it."""
WORKINGS = (
    Column("tariff", "Row of the prices", f"IF({_COMPARED},"
           f"{tariffs.place('[@model_row]', '[@day]')},0)", _COUNT),
    Column("legal", "Legal (1 = yes)", image.legal(_IMAGE), _COUNT),
    Column("grid", "Grid", image.grid(_IMAGE), _COUNT),
    Column("cells", "Short-edge cells", image.cells(_IMAGE), _COUNT),
    Column("listed", "Tokens of the fixed size", image.listed_tokens(_IMAGE), _COUNT),
    Column("usual", "Usual output tokens",
           f"IF({_COMPARED},IFERROR([@generations]*{_USUAL},0),0)", _COUNT),
    Column("written", "Output that may be text",
           f"IFERROR(IF([@usual]=0,0,IF(ISNUMBER({_rate('text_out')}),"
           f"MAX({_OUTPUT}-ROUNDUP([@usual],0),0),0)),0)", _COUNT),
    Column("is_usual", "Usual tokens (1 = yes)",
           f"IF([@usual]=0,1,IF(100*{_OFF_USUAL}<=usual_percent*[@usual],1,0))", _COUNT),
    Column("most_usd", "Expected at most, USD", _most("standard"), _USD),
    Column("batch_least", "Batch at least, USD", _least("batch"), _USD),
    Column("batch_most", "Batch at most, USD", _most("batch"), _USD),
    Column("text_least", "Output as text at least, USD",
           _priced((_INPUT, _rate("text_in")), (_OUTPUT, _TEXT_OUT)), _USD),
    Column("text_most", "Output as text at most, USD",
           _priced((_MOST_INPUT, _rate("image_in")), (_OUTPUT, _TEXT_OUT)), _USD),
    Column("off", "Rounding of the bill, USD", _off(), replace(theme.NUMBER, number="0.0000000")),
    Column("multiple", "Multiple of the price", f"IFERROR({_multiple()},0)",
           replace(theme.NUMBER, number=theme.FACTOR)),
    Column("cause", "Code of the cause", _CODE, _COUNT),
)  # fmt: skip
"""How it is found."""
