"""Records: limits that stand once, in annotations, and are read alike by us and by pydantic."""

import runpy
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Annotated

import pytest
from exhaustive import many
from odd import NESTED
from pydantic import TypeAdapter, ValidationError

from xl_pricing.errors import CardError
from xl_pricing.estimation.delivery import MOST_DELIVERED_PX
from xl_pricing.rates import day
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.destinations import Destination
from xl_pricing.rates.records import as_json, columns, read_row, whole
from xl_pricing.rates.refresh import store
from xl_pricing.rates.rows import Counted, Model, Plan, Rate, Ratio

CARD = bundled_card()
KINDS = {Rate: CARD.rates, Plan: CARD.plans, Ratio: CARD.ratios}


@pytest.mark.parametrize("kind", KINDS)
def test_pydantic_reads_what_we_read_and_refuses_what_we_refuse(kind: type) -> None:
    dice, adapter = Random(20261126), TypeAdapter(kind)
    read = refused = 0
    for _ in range(many(400, 5_000)):
        row = as_json(dice.choice(KINDS[kind])) | {dice.choice(columns(kind)): dice.choice(NESTED)}
        try:
            expected = read_row(kind, row, "it")
        except CardError:
            refused += 1
            with pytest.raises(ValidationError):
                adapter.validate_python(row)
        else:
            read += 1
            assert adapter.validate_python(row) == expected
    assert read > 5
    assert refused > 50


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_is_written_is_read_as_it_was(kind: type) -> None:
    for record in KINDS[kind]:
        assert read_row(kind, as_json(record), "it") == record


def test_pydantic_finds_no_fault_in_the_models_that_ship() -> None:
    adapter = TypeAdapter(tuple[Model, ...])
    assert adapter.validate_python([vars(model) for model in CARD.models]) == CARD.models


def test_a_list_is_read_item_by_item() -> None:
    model = vars(CARD.models[0])
    with pytest.raises(
        CardError, match="it: aliases 'one' is not accepted: input should be a valid list"
    ):
        read_row(Model, model | {"aliases": "one"}, "it")
    with pytest.raises(CardError, match="input should be a valid string"):
        read_row(Model, model | {"aliases": [1]}, "it")
    with pytest.raises(CardError, match=r"text\.per_call 1\.5 is not accepted: input should be a"):
        read_row(Model, model | {"text": vars(CARD.models[0].text) | {"per_call": 1.5}}, "it")


def test_what_else_an_annotation_says_is_not_asked() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Noted:
        count: Annotated[int, "in pieces", whole(1)]

    globals()["Noted"] = Noted
    assert read_row(Noted, {"count": "2"}, "it").count == 2


def test_a_rule_that_is_read_already_stays_what_it_is() -> None:
    output = CARD.models[0].output
    row = as_json(CARD.models[0].references) | {"rule": output.rule}
    assert read_row(Counted, row, "it").rule is output.rule


def test_a_place_that_is_delivered_too_large_is_refused() -> None:
    place = vars(CARD.destinations[0]) | {"width_px": MOST_DELIVERED_PX + 1}
    with pytest.raises(CardError, match="it must be at most"):
        read_row(Destination, place, "it")


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("win32", Path.home() / "AppData" / "Local"),
        ("darwin", Path.home() / "Library" / "Application Support"),
        ("linux", Path.home() / ".local" / "share"),
    ],
)
def test_cards_lie_where_the_system_keeps_data(
    monkeypatch: pytest.MonkeyPatch, system: str, folder: Path
) -> None:
    for name in ("LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", system)
    assert store._data_folder() == folder


def test_the_day_is_that_of_the_clock_asked_now_and_then() -> None:
    """Read from the file: the clock of these tests stands."""
    of_clock = runpy.run_path(str(day.__file__))["system_day"]
    assert of_clock() == of_clock()
    assert abs((of_clock() - date.today()).days) <= 1  # noqa: DTZ011 - as the clock says
