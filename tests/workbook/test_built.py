"""A built workbook caches what its formulas give, and tells what they give for other inputs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from templates import built_in

from workbook_templates.book.page import Book
from workbook_templates.book.theme import COMPUTED, Theme
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built, build
from workbook_templates.contents import sheets_of
from workbook_templates.formulas.calculation import Calculation
from workbook_templates.formulas.values import Error, FormulaError
from workbook_templates.sheets.campaign.lines import DRAFTS_FAULT
from xl_pricing.rates.card import bundled_card


@pytest.fixture(scope="module")
def built() -> Built:
    return built_in("en")


@pytest.mark.parametrize("macros", [False, True])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_file_caches_what_its_formulas_give(lang: str, macros: bool) -> None:
    """To the 15 digits that a cell shows; nothing that is computed is left without a value."""
    built = built_in(lang, macros=macros)
    shown = load_workbook(BytesIO(built.data), data_only=True)
    for (sheet, at), name in built.formulas.items():
        cached, value = shown[sheet][at].value, built.values[name]
        if isinstance(cached, date):
            cached = (cached.replace(tzinfo=None) - type(cached)(1899, 12, 30)).days
        if isinstance(value, str):
            assert (cached or "") == value, name
        else:
            assert cached == pytest.approx(value, rel=1e-14, abs=0), name


def test_other_inputs_are_computed_without_a_file(built: Built) -> None:
    twice = built.calculate({"finals": 240, "tblCampaign.finals.0": 240})
    assert twice["budget_usd"] == pytest.approx(2 * 41.621472)
    assert twice["tblCampaign.budget.0"] == pytest.approx(2 * built.values["tblCampaign.budget.0"])
    assert twice["tblCampaign.budget.1"] == built.values["tblCampaign.budget.1"]
    assert built.values["budget_usd"] == pytest.approx(41.621472)


def test_what_is_computed_or_unknown_is_no_input(built: Built) -> None:
    for name in ("budget_usd", "tblCampaign.budget.0", "tblCampaign.finals.12", "nothing"):
        with pytest.raises(KeyError, match=name):
            built.calculate({name: 1.0})


def test_today_is_the_day_of_the_rates_unless_one_is_told(built: Built) -> None:
    later = bundled_card().checked + timedelta(days=46)
    assert (built.values["note_age"], built.calculate({}, later)["note_age"]) == (1, 0)


@pytest.mark.parametrize("name", ["stage_drafts", "stage_quality", "stage_finish_retries"])
def test_a_blank_of_the_stages_is_a_fault_of_the_lines_that_rely_on_it(
    built: Built, name: str
) -> None:
    values = built.calculate({name: None})
    assert values["tblCampaign.fault.0"] == DRAFTS_FAULT
    assert values["tblCampaign.staged_budget.0"] == "#N/A"
    assert values["tblCampaign.budget.0"] == built.values["tblCampaign.budget.0"]


def test_an_error_is_cached_as_one_and_text_that_begins_like_one_as_text() -> None:
    rows = [
        {"use_case": "#launch", "size": "4:5", "quality": "high", "model": "gpt-image-2",
         "finals": "many", "retries": 1, "tier": "standard", "buffer": 0.1},
    ]  # fmt: skip
    built = build("en", rows={"tblCampaign": rows})
    places = {name: place for place, name in built.formulas.items()}
    workbook = load_workbook(BytesIO(built.data), data_only=True)
    kinds = {}
    for name in ("use_name_1", "tblCampaign.budget.0"):
        sheet, at = places[name]
        kinds[name] = (workbook[sheet][at].value, workbook[sheet][at].data_type)
    assert kinds == {"use_name_1": ("#launch", "s"), "tblCampaign.budget.0": ("#N/A", "e")}
    assert type(built.values["use_name_1"]) is str
    assert type(built.values["tblCampaign.budget.0"]) is Error


def test_a_formula_that_is_not_known_stops_the_build_with_its_cell() -> None:
    book = Book(Workbook(), Words("en"), Theme("en"))
    book.page("Sheet of one cell", (10,)).formula("B3", "answer", "XLOOKUP(1,2,3)", COMPUTED)
    values = Calculation(sheets_of(book), today=bundled_card().checked)
    said = r"^answer, 'Sheet of one cell'!B3: the function XLOOKUP is not known$"
    with pytest.raises(FormulaError, match=said):
        values["answer"]


def test_a_workbook_prices_by_the_rates_that_were_accepted_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A price that begins after the last check counts: the workbook's day moves with it."""
    card = bundled_card()
    day = card.checked + timedelta(days=3)
    rate = card.rate(card.model("gpt-image-2"), "image_out", "standard", card.checked)
    dearer = replace(rate, usd_per_mtok=Decimal(45), effective_from=day)
    later = replace(dearer, effective_from=day + timedelta(days=900))
    in_force = replace(card, rates=(*card.rates, dearer, later))
    assert in_force.as_of(day) == day
    assert in_force.as_of(card.checked) == card.checked
    monkeypatch.setattr("xl_pricing.rates.day.system_day", lambda: day)
    built = build("en", in_force)
    assert built.values["rate_image_out"] == 45
