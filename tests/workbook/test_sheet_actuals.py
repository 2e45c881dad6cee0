"""The Actuals sheet: bad pastes, parts to the cent, an interval, and a plan that stays typed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from hypothesis import given
from hypothesis import strategies as st
from random_inputs import job
from shown import shown

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built, build
from workbook_templates.formulas.constants import DRIFT_PERIODS
from workbook_templates.sheets.actuals.rows import FAULTS, FIRST_ROW, TABLE, TYPED
from workbook_templates.sheets.actuals.sheet import NO_FINAL
from workbook_templates.sheets.actuals.variance import CAMPAIGN
from workbook_templates.sheets.worksheet.inputs import YES
from xl_pricing.errors import NotAvailableError, OutOfRangeError
from xl_pricing.estimation.actuals import Totals, buffer_used, retries_interval, variance
from xl_pricing.rates.card import bundled_card

GOOD = {
    "date": date(2026, 11, 3),
    "model": "gpt-image-2",
    "size": "4:5",
    "quality": "high",
    "generations": 30,
    "accepted": 20,
    "input_tokens": None,
    "output_tokens": None,
    "billed": 5.78,
    "note": None,
}
BLANK = dict.fromkeys(TYPED)
CODES = {
    "date": 2,
    "model": 3,
    "size": 4,
    "quality": 5,
    "generations": 6,
    "accepted": 7,
    "input_tokens": 9,
    "output_tokens": 10,
    "billed": 11,
}
"""The code of each column's fault."""
BAD: list[tuple[dict[str, Any], int]] = [
    ({"date": "2026-11-03"}, 2),
    ({"date": None}, 2),
    ({"date": 0}, 2),
    ({"date": 1_000_000}, 2),
    ({"model": "dall-e-3"}, 3),
    ({"model": "gpt*"}, 3),
    ({"model": None}, 3),
    ({"size": "big"}, 4),
    ({"size": "1024.5x1024"}, 4),
    ({"size": "1024x"}, 4),
    ({"size": "-16x-16"}, 4),
    ({"size": None}, 4),
    ({"quality": "hd"}, 5),
    ({"quality": "hi?h"}, 5),
    ({"quality": -1}, 5),
    ({"generations": "30"}, 6),
    ({"generations": 30.5}, 6),
    ({"generations": None}, 6),
    ({"accepted": -1}, 7),
    ({"accepted": "all"}, 7),
    ({"accepted": 31}, 8),
    ({"input_tokens": "36,300"}, 9),
    ({"output_tokens": 0.5}, 10),
    ({"billed": "12 EUR"}, 11),
    ({"billed": "€12.30"}, 11),
    ({"billed": "5.78"}, 11),
    ({"billed": None}, 11),
    ({"billed": 1e9}, 11),
    ({"billed": -2.5}, 12),
]
"""What may be pasted into a row, and the code of what is wrong with it."""


def answers(rows: Sequence[Mapping[str, Any]], **changes: Any) -> Mapping[str, Any]:
    """Return the workbook's values for rows of the table."""
    return shown(job(**{TABLE: rows}, **changes))


def summary(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sheet's values that do not depend on the place of a row."""
    starts = ("actuals_", "measured_", "variance_", "drift_", "ok_actuals_")
    return {name: value for name, value in values.items() if name.startswith(starts)}


def cents(usd: Fraction) -> Decimal:
    exact = Decimal(usd.numerator) / Decimal(usd.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def number_of(typed: Any) -> Any:
    """Return what a cell holds of what is typed: of a day its number."""
    return (typed - date(1899, 12, 30)).days if isinstance(typed, date) else typed


class ActualsBook:
    """The workbook with a table of six rows, open in LibreOffice."""

    def __init__(self, libreoffice: LibreOffice, built: Built, path: Path) -> None:
        """Write the workbook to ``path`` and open it."""
        path.write_bytes(built.data)
        libreoffice.open(path)
        self.office = libreoffice
        self.cells = {name: f"'{sheet}'!{at}" for (sheet, at), name in built.formulas.items()}
        self.inputs = {name: f"'{sheet}'!{at}" for name, (sheet, at) in built.inputs.items()}

    def read(self, *names: str) -> list[Any]:
        """Compute the workbook again and return named cells."""
        self.office.recalculate()
        return self.office.read([self.cells[name] for name in names])

    def second_row(self, field: str) -> str:
        """Return the cell of a field in the second row."""
        return self.inputs[f"{TABLE}.{field}.1"]


@pytest.fixture(scope="module")
def built() -> Built:
    return build("en", rows={TABLE: [GOOD] * 6})


@pytest.fixture
def book(libreoffice: LibreOffice, built: Built, tmp_path: Path) -> ActualsBook:
    return ActualsBook(libreoffice, built, tmp_path / "actuals.xlsx")


def test_the_prefilled_rows_measure_what_a_hand_computes() -> None:
    values = answers(job()[TABLE])
    assert (values["actuals_generations"], values["actuals_finals"]) == (188, 118)
    assert values["measured_retries"] == pytest.approx(188 / 118)
    assert values["measured_cost"] == pytest.approx(36.37 / 188)
    assert values["measured_output_tokens"] == 6119  # the rows without tokens are left out
    parts = [values[f"variance_{part}"] for part in ("volume", "retries", "price", "total")]
    # 2 finals fewer at 0.289038; 11 generations more than 118 x 1.5 at 0.192692; the rest
    assert parts == [-0.58, 2.12, 0.15, 1.69]
    assert values["actuals_buffer_used"] == pytest.approx(188 / 118 / 1.5 - 1, abs=1e-9)


@pytest.mark.parametrize(("wrong", "code"), BAD)
def test_a_bad_paste_is_flagged_by_row_and_not_counted(wrong: dict[str, Any], code: int) -> None:
    values = answers([GOOD, {**GOOD, **wrong}, GOOD])
    assert values[f"{TABLE}.fault.1"] == code
    assert values[f"{TABLE}.check.1"] == FAULTS[code].says
    assert values[f"{TABLE}.fault_row.1"] == values["actuals_to_fix_1"] == FIRST_ROW + 1
    assert values["actuals_of_rows"] == "Rows that count: 2 of 3"
    assert (values["actuals_generations"], values["actuals_billed"]) == (60, 11.56)
    assert values["ok_actuals_rows"] == values["actuals_comparable"] == 0
    assert values["variance_total"] == values["actuals_diff_cost"] == "#N/A"


def test_the_sheet_flags_the_same_pastes(book: ActualsBook) -> None:
    cases = [{book.second_row(name): value for name, value in wrong.items()} for wrong, _ in BAD]
    names = (f"{TABLE}.fault.1", f"{TABLE}.check.1", "actuals_of_rows", "variance_total")
    got = book.office.run(cases, [book.cells[name] for name in names])
    told = [[code, FAULTS[code].says, "Rows that count: 5 of 6", "#N/A"] for _, code in BAD]
    assert got == told


@pytest.mark.parametrize("field", [*CODES][:: many(4, 1)])
def test_an_error_in_a_cell_is_flagged_and_spreads_nowhere(book: ActualsBook, field: str) -> None:
    book.office.set_formulas({book.second_row(field): "=1/0"})
    fields = ("fault", "model_row", "size_text", "matches_job", "day", "period", "retries")
    fault, *others = book.read(*(f"{TABLE}.{name}.1" for name in fields))
    assert fault == CODES[field]
    assert "#DIV/0!" not in others
    assert book.read("actuals_generations", "actuals_counted") == [150, 5]


def test_rows_below_the_table_make_the_totals_incomplete(book: ActualsBook) -> None:
    cell = book.inputs[f"{TABLE}.billed.5"]
    column = cell.rstrip("0123456789")
    book.office.set_cells({f"{column}{FIRST_ROW + 6}": 7.5, f"{column}{FIRST_ROW + 9}": 1})
    names = ("actuals_rows_below", "actuals_of_rows", "ok_actuals_rows", "variance_total")
    assert book.read(*names) == [2, "Rows that count: 6 of 8", 0, "#N/A"]
    assert "below the table" in book.read("actuals_status")[0]


@pytest.mark.parametrize("field", many(["fault"], ["check", "usd_per_image", "fault", "period"]))
def test_a_computed_column_that_was_overwritten_is_noticed(book: ActualsBook, field: str) -> None:
    book.office.set_cells({book.cells[f"{TABLE}.{field}.2"]: 0})
    assert book.read("ok_actuals_table", "variance_total") == [0, "#N/A"]


@pytest.mark.parametrize("rows", many([], [6000]))
def test_six_thousand_rows_are_too_many(rows: int) -> None:
    values = build("en", rows={TABLE: [GOOD] * rows}).values
    assert [values[f"{TABLE}.fault.{i}"] for i in (4999, 5000, 5999)] == [0, 1, 1]
    assert values["actuals_of_rows"] == "Rows that count: 5000 of 6000"
    assert values["ok_actuals_table"] == values["actuals_comparable"] == 0


def test_blank_rows_in_the_middle_change_nothing() -> None:
    rows = [{**GOOD, "billed": 5.7 + i / 100} for i in range(4)]
    spaced = [rows[0], BLANK, rows[1], {**BLANK, "note": "week 2"}, rows[2], {**BLANK, "size": " "}]
    assert summary(answers([*spaced, rows[3]])) == summary(answers(rows))


def test_excels_own_reading_of_a_ratio_and_other_spellings_count() -> None:
    time = (4 * 60 + 5) / 1440  # what Excel makes of a typed 4:5
    spellings = [{"size": time}, {"size": "1024 × 1280"}, {"quality": "High "}]
    spellings += [{"model": " GPT-image-2"}, {"model": "gpt-image-2-2026-04-21"}]
    values = answers([{**GOOD, **other} for other in spellings])
    assert [values[f"{TABLE}.matches_job.{i}"] for i in range(5)] == [1] * 5


ONE = {**GOOD, "size": "1:1", "generations": 1, "accepted": 1, "output_tokens": 7024}
BILLED: list[tuple[dict[str, Any], str]] = [
    ({"billed": 0.21}, "✔ agrees"),
    ({"input_tokens": 20, "billed": 0.21082}, "✔ agrees"),
    ({"input_tokens": 1210, "billed": 0.2204}, "✔ agrees as far as its tokens are told"),
    ({"billed": 0.10536}, "✔ agrees at the batch rate"),
    ({"billed": 0.07034}, "▲ image output billed at the text rate"),
    ({"billed": 0}, "▲ nothing billed: free of charge or not logged"),
    ({"billed": 0.02, "output_tokens": 717},
     "▲ tokens of another size or quality; usual: 7,024"),
    ({"input_tokens": 20, "billed": 0.252984},
     "▲ a reseller's multiple of the price: 1.20"),
    ({"input_tokens": 20, "billed": 0.3}, "▲ differs from the price of its tokens by 42.3%"),
    ({"input_tokens": 20, "billed": 0.1}, "▲ differs from the price of its tokens by -52.6%"),
    ({"input_tokens": 0, "output_tokens": 0, "generations": 0, "accepted": 0},
     "▲ billed without tokens"),
    ({"date": date(2026, 4, 20)}, "▲ no rate on its day"),
    ({"output_tokens": None}, ""),
    ({"model": "?"}, ""),
]  # fmt: skip
"""A generation of a 1:1 at high, and what is said of its bill."""


@pytest.mark.parametrize(("typed", "why"), BILLED)
def test_a_row_says_why_it_is_billed_otherwise_and_counts(typed: dict[str, Any], why: str) -> None:
    values = answers([{**ONE, **typed}])
    assert values[f"{TABLE}.why.0"] == why
    differs = int(why.startswith("▲"))
    assert (values["actuals_differ"], values["note_billed"]) == (differs, 1 - differs)
    assert values["actuals_billed"] == (0 if "?" in typed.values() else {**ONE, **typed}["billed"])


def test_what_rows_cost_by_their_tokens_is_told_beside_what_is_measured() -> None:
    values = answers([ONE, {**ONE, "billed": 0}, {**ONE, "billed": 0.21}])
    assert values[f"{TABLE}.expected_usd.2"] == pytest.approx(0.21072)
    assert values["actuals_as_told"] == "▲ 2 rows differ from their tokens; billed 0: 1"
    assert values["notes_found"] == 2
    good = answers([{**ONE, "billed": 0.21}])
    assert (good["actuals_as_told"], good["notes_found"]) == ("of all rows that count", 0)


def test_a_bill_is_compared_with_the_rates_of_its_own_day() -> None:
    later = replace(
        bundled_card().rates[0], effective_from=date(2026, 11, 4), usd_per_mtok=Decimal(9)
    )
    card = replace(bundled_card(), rates=(*bundled_card().rates, later))
    rows = [{**ONE, "date": date(2026, 11, day), "input_tokens": 10_000} for day in (3, 4)]
    values = shown(job(**{TABLE: rows}), card=card)
    assert [values[f"{TABLE}.expected_usd.{i}"] for i in (0, 1)] == pytest.approx(
        [0.26072, 0.30072]
    )


PASTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"date": "2026-11-02T23:30:00-05:00"}, {"day": 46329, "fault": 0}),
    ({"date": "2026-11-02T23:30:00Z"}, {"day": 46328, "fault": 0}),
    ({"date": " 2026-11-02 23:30 "}, {"day": 46328, "fault": 0}),
    ({"date": "2026-11-02T19:00:00.123-05:00"}, {"day": 46329, "fault": 0}),
    ({"date": "2026-11-03T00:30:00+01:00"}, {"day": 46328, "fault": 0}),
    ({"date": "2026-11-02T25:30:00Z"}, {"fault": 2}),
    ({"date": "2026-11-02T23:30:00+0500"}, {"fault": 2}),
    ({"date": "2026-11-02"}, {"fault": 2}),
    ({"date": "02/11/2026 23:30"}, {"fault": 2}),
    ({"model": "openai/gpt-image-2"}, {"model_row": 1}),
    ({"model": "azure/gpt-image-2-2026-04-21 image, output"}, {"model_row": 1}),
    ({"model": "gpt-image-2-2026-10-01"}, {"model_row": 1}),
    ({"model": "GPT-image-2 text, cached input"}, {"model_row": 1}),
    ({"model": "gpt-image-2 mini"}, {"fault": 3}),
    ({"model": "gpt-image-2-2026"}, {"fault": 3}),
    ({"size": "1024-x-1024"}, {"fault": 0, "width": 1024}),
    ({"size": "auto"}, {"fault": 0}),
    ({"size": None, "quality": None}, {"fault": 0}),
    ({"quality": "auto"}, {"fault": 0}),
    ({"quality": "hd"}, {"fault": 5}),
    ({"size": "auto", "output_tokens": None}, {"fault": 4}),
    ({"quality": "auto", "output_tokens": None}, {"fault": 5}),
]
"""What people paste into a row with output tokens, and what is read of it."""


@pytest.mark.parametrize(("typed", "read"), PASTED)
def test_a_row_is_read_as_people_paste_it(typed: dict[str, Any], read: dict[str, Any]) -> None:
    values = answers([{**ONE, **typed}])
    assert {name: values[f"{TABLE}.{name}.0"] for name in read} == read


def test_the_sheet_reads_the_same_and_says_the_same(book: ActualsBook) -> None:
    pasted = [({**ONE, **typed}, read) for typed, read in PASTED]
    billed = [({**ONE, **typed}, {"why": why}) for typed, why in BILLED]
    for rows in (pasted, billed):
        names = sorted({name for _, read in rows for name in read})
        cases = [{book.second_row(n): number_of(v) for n, v in row.items()} for row, _ in rows]
        got = book.office.run(cases, [book.cells[f"{TABLE}.{name}.1"] for name in names])
        found = [dict(zip(names, row, strict=True)) for row in got]
        assert [{n: one[n] for n in read} for one, (_, read) in zip(found, rows, strict=True)] == [
            read for _, read in rows
        ]


def test_without_an_accepted_final_a_sentence_takes_the_place_of_retries() -> None:
    values = answers([{**GOOD, "accepted": 0}] * 2)
    with pytest.raises(NotAvailableError, match=NO_FINAL):
        Totals(Fraction(60), Fraction(0), Fraction(11)).retries  # noqa: B018
    assert values["measured_words"] == NO_FINAL
    names = ("measured_retries", "measured_retries_low", "actuals_cost_per_final")
    assert {values[name] for name in names} == {"#N/A"}
    assert values["variance_total"] == pytest.approx(11.56 - 34.68)
    assert values["ok_variance"] == values["note_measured"] == 1


@pytest.mark.parametrize("rows", [[], [BLANK]])
def test_an_empty_table_measures_nothing_and_is_no_fault(rows: list[Mapping[str, Any]]) -> None:
    values = answers(rows, use_measured=YES)
    assert values["actuals_of_rows"] == "Rows that count: 0 of 0"
    assert values["measured_cost"] == values["variance_total"] == "#N/A"
    assert values["ok_actuals_rows"] == values["ok_variance"] == 1
    assert values["note_measured"] == 0


def test_the_plan_is_what_was_typed_whether_measured_values_are_used_or_not() -> None:
    typed, measured = (answers([GOOD] * 3, use_measured=used) for used in ("no", YES))
    assert measured["cost_per_image"] != typed["cost_per_image"]
    changed = {name for name, value in summary(typed).items() if measured[name] != value}
    assert changed == {"actuals_switched_on", "measured_label"}


def test_the_campaign_can_be_the_plan() -> None:
    values = answers([GOOD], compare_with=CAMPAIGN)
    assert values["actuals_plan_finals"] == values["campaign_finals"]
    assert values["actuals_plan_cost"] == values["campaign_expected_cost"]
    total = (1 + values["actuals_plan_buffer"]) * values["actuals_plan_cost"]
    assert total == pytest.approx(values["campaign_total"])
    assert values["variance_total"] == pytest.approx(
        float(cents(Fraction(5.78) - Fraction(values["campaign_expected_cost"])))
    )


@pytest.mark.parametrize("days", [1, 2, 12, 13, 24, 25, 365])
def test_every_row_falls_into_one_of_twelve_equal_periods(days: int) -> None:
    first = date(2026, 1, 1).toordinal()
    rows = [{**GOOD, "date": date.fromordinal(first + i)} for i in range(days)]
    values = answers(rows)
    starts = [values[f"drift_start_{k}"] for k in range(1, DRIFT_PERIODS + 1)]
    generations = [values[f"drift_generations_{k}"] for k in range(1, DRIFT_PERIODS + 1)]
    used = [start for start in starts if start != ""]
    assert {later - one for one, later in pairwise(used)} <= {values["actuals_period_days"]}
    assert sum(images for images in generations if images != "") == 30 * days
    assert 12 * values["actuals_period_days"] < days + 12


counts = st.integers(0, 10_000)
dollars = st.decimals(0, 100_000, places=4).map(Fraction)


@given(st.integers(1, 5000), st.decimals(1, 20, places=2), dollars, counts, counts, dollars)
def test_volume_retries_and_price_add_up_to_the_cent(
    finals: int, retries: Decimal, usd: Fraction, made: int, accepted: int, billed: Fraction
) -> None:
    plan = Totals(finals * Fraction(retries), Fraction(finals), usd)
    actual = Totals(Fraction(made), Fraction(min(made, accepted)), billed)
    parts = variance(plan, actual)
    assert parts.total == billed - usd
    rounded = parts.in_cents()
    assert all(100 * part == int(100 * part) for part in rounded)
    assert float(sum(rounded)) == float(cents(billed - usd))
    assert all(abs(a - b) <= Fraction(3, 200) for a, b in zip(rounded, parts, strict=True))


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_the_interval_is_wilsons(made: int, accepted: int) -> None:
    """At its bounds the share that was seen is z standard deviations of the true one away."""
    accepted = min(made, accepted)
    low, high = retries_interval(made, accepted)
    seen, z = accepted / made, NormalDist().inv_cdf(0.95)
    noise = 1 + 1e-12
    assert 1 <= low <= noise * made / accepted <= noise * high
    for true in (1 / low, 1 / high):
        if true > 1 - 1e-9:  # the bound that was cut off at 1
            continue
        assert abs(seen - true) == pytest.approx(z * sqrt(true * (1 - true) / made), rel=1e-6)


@given(counts, counts)
def test_used_buffer_is_what_went_over_the_planned_generations(made: int, accepted: int) -> None:
    plan = Totals(Fraction(180), Fraction(120), Fraction(35))
    actual = Totals(Fraction(made), Fraction(min(made, accepted)), Fraction(0))
    if not actual.finals:
        with pytest.raises(NotAvailableError, match=NO_FINAL):
            buffer_used(plan, actual)
        return
    planned = actual.finals * 3 / 2
    assert planned * (1 + buffer_used(plan, actual)) == made


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="at most one final each"):
        retries_interval(3, 4)
    with pytest.raises(NotAvailableError, match=NO_FINAL):
        retries_interval(3, 0)
    with pytest.raises(NotAvailableError, match="nothing was generated yet"):
        Totals(Fraction(0), Fraction(0), Fraction(1)).cost_per_image  # noqa: B018
    totals = partial(Totals, Fraction(1), Fraction(1))
    with pytest.raises(OutOfRangeError, match="usd -1 is out of range"):
        totals(Fraction(-1))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_words_of_its_own(lang: str) -> None:
    words = Words(lang)
    says = [words(fault.says) for fault in FAULTS]
    assert len(set(says)) == len(FAULTS)
    assert all(words(fault.fix) for fault in FAULTS)
