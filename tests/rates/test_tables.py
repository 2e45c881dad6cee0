"""The card as the tables that a sheet holds: what goes out comes in again."""

import pytest

from xl_pricing.estimation.image import QUALITIES
from xl_pricing.rates import tables
from xl_pricing.rates.card import bundled_card

CARD = bundled_card()
NAMES = (tables.RATES, tables.MODELS, tables.FIXED, tables.PLANS)


def sheet(name: str) -> list[list[tables.Cell]]:
    """Return a table as a sheet holds it: a header, then rows."""
    rows = tables.table_rows(CARD, name)
    return [list(rows[0]), *(list(row.values()) for row in rows)]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_table_has_the_same_columns(name: str) -> None:
    columns = {tuple(sorted(row)) for row in tables.table_rows(CARD, name)}
    assert len(columns) == 1


def test_rates_and_plans_that_went_out_come_in_again() -> None:
    assert tables.with_rates(CARD, sheet(tables.RATES)).rates == CARD.rates
    assert tables.with_plans(CARD, sheet(tables.PLANS)).plans == CARD.plans


def test_a_model_tells_how_it_counts() -> None:
    rows = {row["model"]: row for row in tables.table_rows(CARD, tables.MODELS)}
    assert rows.keys() == {model.id for model in CARD.models}
    two, one = rows["gpt-image-2"], rows["gpt-image-1"]
    assert (two["counting"], two["step_px"], two["high"], two["max"]) == ("grid", 16, 96, None)
    assert (one["counting"], one["step_px"]) == ("table", None)
    assert {one[quality] for quality in QUALITIES} == {None}


def test_the_fixed_sizes_have_the_tokens_of_their_rule() -> None:
    rows = [row for row in tables.table_rows(CARD, tables.FIXED) if row["model"] == "gpt-image-1"]
    assert {row["size"]: row["low"] for row in rows} == {
        "1024x1024": 272, "1536x1024": 400, "1024x1536": 408,
    }  # fmt: skip
