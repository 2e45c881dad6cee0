"""The workings of the Risk sheet: a search for the generations needed, one column per case.

Each generation is accepted with chance 1/retries, so the generations that a job needs are negative
binomial: N of them are enough with the chance ``1 - BINOMDIST(finals-1, N, 1/retries, TRUE)``. No
function of Excel inverts that, so N is found by bisection: one cell per step, which adds its power
of two where that is still not enough.

The steps reach 2^30 - 1 generations beyond the finals, more than 99 % of the largest job that is
answered takes (1,000,000 finals, 1,000 retries). No step asks for more generations than surely are
enough by Cantelli's inequality, so no host is asked for a billion trials of a small job.

NEGBINOM.DIST would need the same search, is no more exact in LibreOffice, and exists since Excel
2010 only, while BINOMDIST is a name that every host knows. Excel cuts its trials to integers and
documents no upper limit; the one at 1,029 fell with Excel 2003 (KB 827459). Not seen in Excel.

LibreOffice's BINOMDIST is off by up to 2.4e-11 up to a million trials, 1.3e-10 at two million, 1e-9
at a billion. Two kinds of jobs come near to a tie at 50 %: with retries 2 the chance is exactly
50 %, with retries 5 it falls short by 2.3e-10 at 100,000 finals. The rule ``risk_tie`` lies
between; above 100,000 finals such a job may come out one generation off.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Figure
from workbook_templates.book.page import Page
from xl_pricing.estimation.chance import CONFIDENCES, DEFAULT_CONFIDENCE

SIZES = (1, 5, 10, 20, 50, 100, 200, 500, 1000)
"""The finals of the jobs that are compared."""
STEPS = 30
"""The steps of the bisection: 2^29 generations down to 1."""
FIRST_ROW = 14
"""The first row of the tables that hold the confidences (column B) and the sizes (column I)."""
TOP_ROW = 41
"""The first row of the workings."""

_SURE_CELL = f"B{FIRST_ROW + CONFIDENCES.index(DEFAULT_CONFIDENCE)}"
_SIZE_CELLS, _BUFFER_CELLS = (
    f"${column}${FIRST_ROW}:${column}${FIRST_ROW + len(SIZES) - 1}" for column in "IL"
)
# Small, for a billion has thirteen characters.
_COUNT = replace(theme.NUMBER_COUNT, size=8)
_PERCENT = replace(_COUNT, number=theme.WHOLE_PERCENT)
_FOUND = replace(theme.TOTAL, size=8, bold=False, number=theme.COUNT)


class Case(NamedTuple):
    """A search: its key in names, its column, and the cells of its confidence and finals."""

    key: str
    column: str
    confidence: str
    finals: str


def key_of(share: float) -> str:
    """Return how names tell a share: ``90``."""
    return f"{share:.0%}".rstrip("%")


JOB_CASES = tuple(
    Case(key_of(confidence), get_column_letter(3 + i), f"B{FIRST_ROW + i}", "risk_finals")
    for i, confidence in enumerate(CONFIDENCES)
)
SIZE_CASES = tuple(
    Case(f"size_{size}", get_column_letter(9 + i), _SURE_CELL, f"I{FIRST_ROW + i}")
    for i, size in enumerate(SIZES)
)


def _over(band: str) -> str:
    return f"SUMPRODUCT(MAX(({_BUFFER_CELLS}>{band})*{_SIZE_CELLS}))"


def _first(over: str) -> str:
    """Return the first size after which none is over the band; #N/A where the last one is."""
    position = f"1+IF({over}=0,0,MATCH({over},{_SIZE_CELLS},0))"
    return f"IF({over}=MAX({_SIZE_CELLS}),NA(),INDEX({_SIZE_CELLS},{position}))"


JOB_WORKINGS = (
    Figure("risk_valid", "Finals are whole, finals and retries in range (1 = yes)",
           "IF(plan_valid=1,IF(ISNUMBER(retries_used),IF(AND(finals=INT(finals),"
           "finals<=max_planned_finals,retries_used>=1,retries_used<=max_planned_retries),1,0),0),"
           "0)", "", theme.COMPUTED_COUNT),
    Figure("risk_finals", "Finals", "IF(risk_valid=1,finals,NA())", "", theme.COMPUTED_COUNT),
    Figure("risk_retries", "Retries", "IF(risk_valid=1,retries_used,NA())", "",
           theme.COMPUTED_RATE),
    Figure("risk_peak", "The largest buffer of the sizes", f"MAX({_BUFFER_CELLS})", "",
           theme.COMPUTED_SHARE),
    Figure("risk_peak_size", "Its size",
           f"INDEX({_SIZE_CELLS},MATCH(risk_peak,{_BUFFER_CELLS},0))", "", theme.COMPUTED_COUNT),
)  # fmt: skip
SIZE_WORKINGS = (
    Figure("risk_over_high", "The last size over the usual band", _over("usual_buffer_high"), "",
           theme.COMPUTED_COUNT),
    Figure("risk_first_high", "From this size on none is over it", _first("risk_over_high"), "",
           theme.COMPUTED_COUNT),
    Figure("risk_over_low", "The last size over the band's lower end", _over("usual_buffer_low"),
           "", theme.COMPUTED_COUNT),
    Figure("risk_first_low", "From this size on none is over that", _first("risk_over_low"), "",
           theme.COMPUTED_COUNT),
)  # fmt: skip

_CONFIDENCE_ROW = TOP_ROW + len(JOB_WORKINGS) + 4
_FINALS_ROW, _START_ROW, _SPAN_ROW, _STEPS_ROW = (_CONFIDENCE_ROW + i for i in (1, 2, 3, 4))
LAST_ROW = _STEPS_ROW + STEPS
_CAPTIONS = {
    _CONFIDENCE_ROW: "Confidence",
    _FINALS_ROW: "Finals",
    _START_ROW: "Start: one less than finals",
    _SPAN_ROW: "No step over",
    LAST_ROW: "Generations needed",
}
ANSWER_CELLS = (
    f"F{TOP_ROW + 1}:F{TOP_ROW + len(JOB_WORKINGS)}",
    f"L{TOP_ROW + 1}:L{TOP_ROW + len(SIZE_WORKINGS)}",
    f"C{_CONFIDENCE_ROW}:Q{LAST_ROW}",
)
_SAID = (
    "A step adds the generations on its left where the sum so far and they are still not "
    "enough: a chance under the confidence."
)


def write(page: Page) -> None:
    """Write the workings."""
    blocks.title(page, f"B{TOP_ROW}:Q{TOP_ROW}", "Workings: nothing to type here")
    blocks.write_entries(page, "BFG", TOP_ROW + 1, JOB_WORKINGS)
    blocks.write_entries(page, "ILM", TOP_ROW + 1, SIZE_WORKINGS)
    top = _CONFIDENCE_ROW - 2
    blocks.title(page, f"B{top}:G{top}", "Bisection: this job, by confidence")
    blocks.title(
        page,
        f"I{top}:Q{top}",
        f"Bisection: {DEFAULT_CONFIDENCE:.0%} confidence, by finals of a job",
    )
    page.say(f"B{top + 1}", _SAID, theme.NOTE)
    for row, caption in _CAPTIONS.items():
        page.say(f"B{row}", caption, theme.LABEL)
    steps = (2 ** (STEPS - 1 - i) for i in range(STEPS))
    blocks.write_values(page, f"B{_STEPS_ROW}", steps, replace(theme.LABEL, number=theme.COUNT))
    for case in (*JOB_CASES, *SIZE_CASES):
        _write_search(page, case)


def _write_search(page: Page, case: Case) -> None:
    """Write the search of one case: a column of steps, and the generations it finds."""
    column, key = case.column, case.key
    for row, (part, formula) in enumerate(_search(case), start=_CONFIDENCE_ROW):
        look = _PERCENT if part == "confidence" else _COUNT
        _put_unnamed(
            page, f"{column}{row}", Figure(f"risk_search.{key}.{part}", "", formula, look=look)
        )
    page.formula(f"{column}{LAST_ROW}", f"risk_needed_{key}", f"{column}{LAST_ROW - 1}+1", _FOUND)


def _put_unnamed(page: Page, at: str, figure: Figure) -> None:
    """Write a computed cell under a key only: hundreds of names would bury those that matter."""
    page.put(at, None, figure.look).value = "=" + figure.formula
    page.book.formulas[page.sheet.title, at] = figure.name


def _search(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the parts of a search from above down, and their formulas."""
    yield "confidence", case.confidence
    yield "finals", case.finals
    yield "start", f"{case.column}{_FINALS_ROW}-1"
    yield "span", _span(case.column)
    for i in range(STEPS):
        yield str(i), _step(case.column, i)


def _span(column: str) -> str:
    """Return how many generations over the start are surely enough: Cantelli's inequality."""
    finals, confidence = f"{column}{_FINALS_ROW}", f"{column}{_CONFIDENCE_ROW}"
    rejected = f"{finals}*(risk_retries-1)"
    spread = f"SQRT({rejected}*risk_retries*{confidence}/(1-{confidence}))"
    return f"IF({rejected}=0,0,{rejected}+{spread}+2)"


def _step(column: str, i: int) -> str:
    """Return the sum after a step; the first step adds to the start."""
    row = _STEPS_ROW + i
    before, step = f"{column}{row - 1 if i else _START_ROW}", f"$B{row}"
    short = f"BINOMDIST({column}${_START_ROW},{before}+{step},1/risk_retries,TRUE)"
    adds = f"IF(1-{short}<{column}${_CONFIDENCE_ROW}-risk_tie,{step},0)"
    return f"{before}+IF({step}>{column}${_SPAN_ROW},0,{adds})"
