"""The task pane's words, page and questions, without a browser."""

import json
import re
from functools import partial
from html.parser import HTMLParser
from string import Formatter
from typing import Any

import pytest

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.credits import Terms
from xl_pricing.functions.catalogue import ARGUMENTS, FUNCTIONS
from xl_pricing.hosts.office import pane, texts
from xl_pricing.hosts.office.folder import POLICY
from xl_pricing.rates.card import METERS, bundled_card

SITE = texts._SITE
ENGLISH, CHINESE = (
    json.loads(SITE.joinpath("words", f"{lang}.json").read_bytes()) for lang in texts.LANGUAGES
)
SCRIPTS = {
    **{name: SITE.joinpath(name).read_text("utf-8") for name in ("start.js", "taskpane.js")},
    **{each.name: each.read_text("utf-8") for each in SITE.joinpath("pane").iterdir()},
}
PAGE = SITE.joinpath("taskpane.html").read_text("utf-8")
FAMILIES = {
    "argument": set(ARGUMENTS),
    "basis": {"official", "quoted", "measured", "estimate"},
    "meter": set(METERS),
    "quality": {word for model in pane.choices()["models"] for word in model["qualities"]},
    "plan": {"number", "caption", "tier", "any", *Terms._fields},
    "tier": set(pane.choices()["tiers"]),
    "unit": {*FUNCTIONS, "USD"} - {"IMGEXPLAIN"},
    "write": {"moved", "held", "done"},
}
"""Words whose key ends in a name that the core or the page's code knows."""


class Elements(HTMLParser):
    """Every element of the page with its attributes."""

    def __init__(self) -> None:
        """Read the page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.feed(PAGE)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))


def asked() -> set[str]:
    """Return what page and scripts may ask for by name: whatever is written like a key."""
    return {*re.findall(r'"([a-z]+(?:\.[a-z]+)*)"', PAGE + "".join(SCRIPTS.values()))}


def test_both_languages_say_the_same_things() -> None:
    said, also = ENGLISH["says"], CHINESE["says"]
    assert [*said] == [*also]

    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert [key for key in said if places(said[key]) != places(also[key])] == []


def test_every_word_is_said_and_no_other() -> None:
    known = set(ENGLISH["says"])
    families = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}
    topics = {f"help.{topic}" for topic in ("start", "cells", "errors", "rates", "private", "keys")}
    families |= topics | {f"{topic}.text" for topic in topics}
    assert families <= known
    assert known - families - asked() == set()
    ours = {key.partition(".")[0] for key in known if "." in key}
    dotted = {key for key in asked() if "." in key and key.partition(".")[0] in ours}
    assert dotted <= known


def test_every_text_of_the_card_is_in_chinese_but_addresses_and_names() -> None:
    card = bundled_card()
    found = texts.texts("zh-CN", card)["data"]
    english = {text for text in texts._card_texts(card) if text not in found}
    names = {"Comfy-Org/docs pull 1664", "LiteLLM 1.110.2"}  # of a change, and of a release
    address = re.compile(r"[\w.-]+\.(com|ai|app)(/[\w/.-]+)?")
    assert [text for text in english - names if not address.fullmatch(text)] == []


def test_english_needs_no_other_words_for_the_card() -> None:
    assert texts.texts("en", bundled_card())["data"] == {}


def _directives(policy: str) -> list[set[str]]:
    return [{*directive.split()} for directive in policy.split(";")]


def test_the_page_carries_the_policy_and_keeps_it() -> None:
    """Some web servers send no header; nothing in the page stands against it either."""
    elements = Elements().found
    policy = next(a["content"] for _, a in elements if a.get("http-equiv"))
    assert _directives(policy) == _directives(POLICY)
    handlers = [a for _, a in elements if "style" in a or any(x.startswith("on") for x in a)]
    assert handlers == []
    assert all(a.get("src") for tag, a in elements if tag == "script")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function",
                         "".join(SCRIPTS.values()))  # fmt: skip


def test_ids_are_unique_and_every_panel_has_its_tab() -> None:
    elements = Elements().found
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(ids) == len({*ids})
    tabs = {a["id"]: a["aria-controls"] for _, a in elements if a.get("role") == "tab"}
    panels = {a["aria-labelledby"]: a["id"] for _, a in elements if a.get("role") == "tabpanel"}
    assert tabs == panels


def test_only_what_has_a_price_may_be_chosen() -> None:
    chosen = pane.choices()
    offered = {model["id"]: model["qualities"] for model in chosen["models"]}
    assert "gpt-image-1" not in offered  # it was shut down on 2026-10-23
    assert offered["gpt-image-2.6-flare"] == ["high", "xhigh", "max"]
    for model, qualities in offered.items():
        for quality in qualities:
            assert FUNCTIONS["IMGCOST"].call("1:1", quality, model) > 0
    assert chosen["limits"]["n"] == [1, 10]
    assert chosen["old_after_days"] == 45


def test_sizes_of_a_place_come_with_price_and_what_to_do() -> None:
    around, inside = pane.sizes("1920x1080", "gpt-image-2", "high")
    assert (around["size"], around["usd"], around["scale"]) == ("1920x1088", 0.159, 1)
    assert (around["crop_width_px"], around["crop_height_px"]) == (0, 8)
    assert (inside["size"], inside["is_cheaper"]) == ("1904x1072", True)


def test_a_size_without_a_price_says_why() -> None:
    (only,) = pane.sizes("1024x1024", "gpt-image-2.6-flare", "low")
    assert only["usd"] is None
    assert "2.6" in only["refusal"]


@pytest.mark.parametrize(
    ("delivered", "error"), [("9000x1", OutOfRangeError), ("wide", InvalidValueError)]
)
def test_a_delivered_size_without_an_answer_is_refused(
    delivered: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        pane.sizes(delivered, "gpt-image-2", "high")


@pytest.mark.parametrize("typed", ["120", "1,000", "１２０", "1e3", "12.5", "20%", "-1", " 7 "])
def test_a_field_is_read_as_the_functions_read_a_cell(typed: str) -> None:
    """A buffer for so many finals: what the functions make of the text themselves."""
    value = pane.figure("finals", typed, ".")["value"]
    cost = partial(FUNCTIONS["IMGBUDGET"].call, 0.5)
    if value < 0:
        with pytest.raises(OutOfRangeError):
            cost(typed)
    else:
        assert cost(value) == cost(typed)


@pytest.mark.parametrize(
    ("typed", "decimal", "ways"),
    [("1.000", ".", ["1", "1000"]), ("1,000", ",", ["1000", "1"]), ("1,5", ".", ["1.5"]),
     ("abc", ",", []), ("", ".", []), ("1" * 400, ".", [])],
)  # fmt: skip
def test_a_field_that_is_no_figure_tells_the_ways_to_write_it(
    typed: str, decimal: str, ways: list[str]
) -> None:
    assert pane.figure("finals", typed, decimal) == {"ways": ways}


@pytest.mark.parametrize(
    ("plan", "model"), [("PixAPI", "gpt-image-2"), ("Apiframe", None), ("ComfyUI", "gpt-image-2")]
)
def test_the_row_of_a_plan_is_the_one_that_credits_are_counted_by(
    plan: str, model: str | None
) -> None:
    row = pane.offer("1024x1024", "high", plan, model)
    assert row is not None
    amounts = {name: amount for name, amount in row["amounts"].items() if amount is not None}
    cost = FUNCTIONS["IMGCOST"].call("1024x1024", "high", model)
    credits_ = amounts.get("credits") or amounts["multiplier"] * cost / amounts["usd_per_credit"]
    told = FUNCTIONS["IMGCREDITS"].call("1024x1024", "high", plan, model)
    assert told == pytest.approx(credits_)
    assert row["source"]
    assert row["checked"] > "2026"


def test_a_plans_range_and_a_number_are_read_as_by_the_functions() -> None:
    ours = dict.fromkeys(("model", "size_tier", "quality"), "any") | {
        "plan": "Ours",
        "shape": "credit table",
        "max_long_edge_px": 3840,
        "credits": 5,
        "source": "a contract",
        "checked": "2026-11-01",
        "basis": "official",
    }
    row = pane.offer("1:1", "high", "ours", None, [[*ours], [*ours.values()]])
    assert row is not None
    assert (row["source"], row["amounts"]["credits"]) == ("a contract", 5)
    assert pane.offer("1:1", "high", 0.04) is None
    with pytest.raises(InvalidValueError):
        pane.offer("1:1", "high", "theirs")


def test_pixels_are_those_that_a_ratio_stands_for() -> None:
    assert pane.pixels("4:5", "gpt-image-2") == "1024x1280"
    with pytest.raises(NotAvailableError):
        pane.pixels("auto", "gpt-image-2")
