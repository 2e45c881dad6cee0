"""What is typed into a workbook is carried over into a new one: every input, row and answer."""

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from random_inputs import CARD, EN, as_cell, cells_of, in_words, random_inputs
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import BLANK_ROWS, TABLES, Built, build
from workbook_templates.carry_over.carry import CHOICES, carry
from xl_pricing.functions.arguments import CHINESE_QUALITIES

OWN = {
    "tblRates": [{"model": "gpt-image-9", "meter": meter, "tier": "standard", "usd_per_mtok": usd,
                  "effective_from": date(2026, 1, 1), "source": "contract"}
                 for meter, usd in (("text_in", 1), ("image_in", 2.5), ("image_out", 7))],
    "tblModels": [{"model": "gpt-image-9", "counting": "grid", "low": 16, "high": 96,
                   "step_px": 16, "max_edge_px": 4096, "max_aspect": 3, "min_pixels": 1,
                   "max_pixels": 10_000_000, "reference_rule": "patch"}],
    "tblFixed": [{"model": "gpt-image-8", "size": "512x512", "low": 100}],
    "tblSizes": [{"ratio": "7:5", "width_px": 1120, "height_px": 800, "use": "our blog"}],
    "tblPlans": [{"plan": "Our contract", "shape": "flat", "model": "any", "usd": 0.11,
                  "size_tier": "any", "quality": "any", "source": "=contract"}],
    "tblOtherModels": [{"model": "Our own model", "quality": "low", "size_tier": "any", "usd": 1}],
    "tblDestinations": [{"destination": "our blog", "ratio": "7:5", "width_px": 700,
                         "height_px": 500}],
}  # fmt: skip
"""Rows that a user added below those of the card."""


def write(built: Built, folder: Path) -> Path:
    path = folder / "old.xlsx"
    path.write_bytes(built.data)
    return path


def filled(lang: str, typed: Mapping[str, Any], own: Mapping[str, Any] = {}) -> Built:
    """Return a workbook into which inputs were typed, in English here."""
    said = in_words(typed, Words(lang))
    rows = {name: said.pop(name) for name in TABLES}
    return build(lang, CARD, inputs=said, rows={**rows, **own})


def random_typed(rng: random.Random) -> dict[str, Any]:
    """Return inputs over their whole range with faults among them, without examples."""
    typed = random_inputs(rng, EN, rng.choice([1, 3, 12]), 0.05)
    for name in TABLES:
        rows = [{f: c for f, c in row.items() if c != ""} for row in typed[name]]
        typed[name] = [row for row in rows if any(c is not None for c in row.values())] or [{}]
        for row in typed[name]:
            for field in {"note", "use_case"} & row.keys():
                row[field] = str(row[field]).removeprefix("EXAMPLE: ") if row[field] else None
    return typed


def cells(rows: Any) -> list[dict[str, Any]]:
    return [{f: as_cell(c) for f, c in row.items() if c is not None} for row in rows]


@pytest.mark.parametrize("part", range(many(1, 4)))
def test_random_workbooks_come_over_whole_in_either_language(part: int, tmp_path: Path) -> None:
    """The new one shows what it would if the same were typed into it."""
    rng = random.Random(f"carry over {part}")
    for i in range(many(3, 75)):
        typed = random_typed(rng)
        own = OWN if i % 2 else {}
        old, new = rng.choice(LANGUAGES), rng.choice(LANGUAGES)
        carried = carry(write(filled(old, typed, own), tmp_path), new, CARD)
        said = in_words(typed, Words(new))
        if new == "en":  # which calls the qualities by its own words
            said["quality"] = CHINESE_QUALITIES.get(said["quality"], said["quality"])
        shown = {name: cell for name, cell in said.items() if name not in TABLES}
        assert carried.inputs == {name: as_cell(cell) for name, cell in shown.items()}
        for name, rows in {**own, **{name: said[name] for name in TABLES}}.items():
            assert cells(carried.rows[name])[: len(rows)] == cells(rows), name
        again = build(new, CARD, inputs=carried.inputs, rows=carried.rows)
        assert dict(again.calculate(cells_of(said))) == dict(again.values)


def test_every_choice_among_words_is_known() -> None:
    """An input whose list differs between the languages is translated."""
    lists = []
    for lang in LANGUAGES:
        built = built_in(lang)
        lists.append({
            name: str(rule.formula1)
            for name, (sheet, at) in built.inputs.items()
            for rule in built._book.workbook[sheet].data_validations.dataValidation
            if at in rule.sqref and rule.type == "list" and str(rule.formula1).startswith('"')
        })  # fmt: skip
    differ = {name for name in lists[0] if lists[0][name] != lists[1][name]}
    assert differ | {"ratio"} == {*CHOICES}


def test_odd_values_come_over_as_they_are(tmp_path: Path) -> None:
    values = [True, False, "=SUM(A1)", "  ", "0,5", 1e-9, 0.125, -3, "x" * 32_767]
    lines = [{"use_case": "Shop", "size": value, "finals": value} for value in values]
    rows = {"tblCampaign": lines, "tblActuals": BLANK_ROWS}
    inputs = dict(zip(("finals", "retries", "stage_size", "buffer"), values, strict=False))
    old = build("en", CARD, inputs=inputs, rows=rows)
    carried = carry(write(old, tmp_path), None, CARD)
    assert {name: carried.inputs[name] for name in inputs} == inputs
    assert cells(carried.rows["tblCampaign"]) == lines
    assert build("en", CARD, inputs=carried.inputs, rows=carried.rows).values == old.values


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_new_workbook_has_nothing_to_tell_but_its_examples(lang: str, tmp_path: Path) -> None:
    carried = carry(write(built_in(lang), tmp_path), None, CARD)
    assert carried.lang == lang
    assert [line.partition(": ")[2] for line in carried.lines] == [
        "12 example rows, not carried over",
        "6 example rows, not carried over",
    ]
    blank = carry(write(build(lang, blank=True), tmp_path), None, CARD)
    assert blank.lines == []
    assert {name: len(blank.rows[name]) for name in TABLES} == dict.fromkeys(TABLES, 12)
