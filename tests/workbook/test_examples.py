"""Examples are told from a user's own rows, count only beside none of them, and are no measure."""

from typing import Any

import pytest
from random_inputs import CARD, EN, in_words
from shown import built_with, cells_of, judged

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import TABLES, Built, build, default_inputs

OWN_LINE = {
    "tblCampaign.use_case.0": "Posters",
    "tblCampaign.finals.0": 10,
    "tblCampaign.retries.0": 2,
}
PASTED = {"tblActuals.generations.0": 50, "tblActuals.accepted.0": 20, "tblActuals.billed.0": 9}
"""A row pasted over an example, whose note stays."""


@pytest.fixture(scope="module")
def blank(lang: str) -> Built:
    return build(lang, blank=True)


def test_every_prefilled_row_is_an_example_which_is_no_fault(built: Built, lang: str) -> None:
    words = Words(lang)
    for table, first in (("tblCampaign", "EXAMPLE: "), ("tblActuals", "EXAMPLE: overwrite")):
        rows = default_inputs(words, CARD)[table]
        field = "use_case" if table == "tblCampaign" else "note"
        for i, row in enumerate(rows):
            assert row[field].startswith(words(first))
            assert built.values[f"{table}.check.{i}"] == words("▲ EXAMPLE: overwrite")
        name = table.removeprefix("tbl").lower()
        assert built.values[f"{name}_examples"] == len(rows)
        assert built.values[f"{name}_own"] == 0
    assert built.values["status"] == words("✔ All checks passed")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_prefilled_workbook_shows_what_the_core_says(lang: str) -> None:
    for used in ("yes", "no"):
        typed = {**default_inputs(EN, CARD), "use_measured": used}
        assert "\n".join(judged(typed, Words(lang))[:20]) == ""


def test_examples_are_never_used_as_measured(built: Built, lang: str) -> None:
    words = Words(lang)
    asked = built.calculate({"use_measured": words("yes")})
    assert (asked["retries_used"], asked["usd_measured"]) == (1.5, "")
    assert asked["budget_usd"] == built.values["budget_usd"]
    for values in (asked, built.values):
        assert values["says_use_measured"] == words("no data of your own in Actuals yet")
    assert (asked["note_measured"], asked["notes_found"]) == (0, 1)


def test_one_line_of_ones_own_ends_the_examples(built: Built, lang: str) -> None:
    mixed = built.calculate(OWN_LINE)
    left_out = Words(lang)("▲ EXAMPLE: left out")
    checks = [mixed[f"tblCampaign.check.{i}"] for i in range(12)]
    assert checks == [Words(lang)("✔ priced"), *[left_out] * 11]
    assert (mixed["campaign_rows"], mixed["campaign_finals"]) == (1, 10)
    assert mixed["campaign_total"] == mixed["tblCampaign.budget.0"]
    assert mixed["use_lines_total"] == 1
    assert "11" in str(mixed["campaign_told"])
    assert mixed["errors_found"] == 0


def test_a_row_pasted_over_an_example_counts_though_its_note_stays(built: Built) -> None:
    pasted = built.calculate(PASTED)
    assert (pasted["actuals_own"], pasted["actuals_counted"]) == (1, 1)
    assert (pasted["measured_retries"], pasted["actuals_billed"]) == (2.5, 9)
    assert "5" in str(pasted["actuals_told"])


def test_a_note_alone_is_no_row(built: Built) -> None:
    fields = [field for field in default_inputs(EN, CARD)["tblActuals"][0] if field != "note"]
    emptied = built.calculate({f"tblActuals.{field}.0": None for field in fields})
    assert (emptied["actuals_rows"], emptied["actuals_examples"]) == (5, 5)
    assert emptied["tblActuals.check.0"] == ""


def test_an_example_with_a_mistake_says_so(built: Built, lang: str) -> None:
    wrong = built.calculate({"tblCampaign.quality.0": "best"})
    assert wrong["tblCampaign.check.0"] == Words(lang)("quality has no token count")


def test_a_blank_workbook_computes_and_has_room_to_type(blank: Built, lang: str) -> None:
    assert blank.values["status"] == Words(lang)("✔ All checks passed")
    assert isinstance(blank.values["budget_usd"], float)
    own = blank.values["budget_usd"] if lang == "en" else "–"
    assert blank.values["budget_currency"] == own
    for name in ("campaign_own", "campaign_examples", "actuals_own", "actuals_examples"):
        assert blank.values[name] == 0
    for table in TABLES:
        assert f"{table}.check.11" in blank.values


def test_a_blank_workbook_shows_what_the_core_says(lang: str) -> None:
    assert "\n".join(judged(default_inputs(EN, CARD, blank=True), Words(lang))[:20]) == ""


def test_what_is_typed_by_name_stands_in_the_workbook(lang: str) -> None:
    words = Words(lang)
    typed: dict[str, Any] = {"finals": 7, "use_measured": words("yes"), "campaign_cap": None}
    built = build(lang, inputs=typed, rows={"tblCampaign": [{"finals": 3}]})
    start = {**default_inputs(EN, CARD), **typed, "use_measured": "yes"}
    start["tblCampaign"] = [{"finals": 3}]
    same = built_with(lang).calculate(cells_of(in_words(start, words)))
    for name in ("budget_usd", "note_measured", "campaign_left", "campaign_rows"):
        assert built.values[name] == same[name], name
