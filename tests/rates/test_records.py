"""Records: limits that stand once, in annotations, and are read alike by us and by pydantic."""

from random import Random

import pytest
from exhaustive import many
from odd import NESTED
from pydantic import TypeAdapter, ValidationError

from xl_pricing.errors import CardError
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.records import as_json, columns, read_row
from xl_pricing.rates.rows import Model, Plan, Rate, Ratio

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
