"""The button's work: rates rewritten in place, nothing of the user's lost, one message."""

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlwings
from templates import built_in

from hosts.made_up_book import Book, Range, Refusal, Sheet, Table
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build
from workbook_templates.sheets.rates.tables import tables
from xl_pricing.errors import InvalidValueError, NotAvailableError, SourceError
from xl_pricing.hosts.excel import macros
from xl_pricing.hosts.excel.macros import refresh_rates, update_workbook
from xl_pricing.rates.card import RateCard, bundled_card
from xl_pricing.rates.refresh.refresh import Report
from xl_pricing.rates.refresh.verdict import Change

TABLES = ("tblRates", "tblModels", "tblFixed", "tblPlans")
CARD = bundled_card()
NEW_DAY = date(2027, 2, 1)


def day(*date_: int) -> datetime:
    """Return a day as a cell holds it, without a time zone."""
    return datetime(*date_)  # type: ignore[arg-type]  # noqa: DTZ001


def newer(card: RateCard = CARD) -> RateCard:
    """Return a card with one price more, one model more, and one plan that was cut to one row."""
    last = card.rates[-1]
    rate = replace(
        last,
        usd_per_mtok=Decimal("12.5"),
        effective_from=NEW_DAY,
        checked=NEW_DAY,
        source="=HYPERLINK(1)",
    )
    model = replace(card.models[-1], id="gpt-image-9", aliases=())
    cut = next(plan for plan in card.plans if plan.plan == plan_with_rows(card))
    others = tuple(plan for plan in card.plans if plan.plan != cut.plan)
    return replace(
        card,
        rates=(*card.rates, rate),
        models=(*card.models, model),
        plans=(replace(cut, note="2027"), *others),
    )


def plan_with_rows(card: RateCard) -> str:
    names = [plan.plan for plan in card.plans]
    return next(name for name in names if names.count(name) > 2)


@pytest.fixture
def book() -> Book:
    return Book(built_in("en").data)


def add_row(book: Book, name: str, **cells: Any) -> int:
    """Type a row below a table, as a user does, and let the table grow; return its sheet row."""
    table = book.table(name)
    header = table.header_row_range
    row = header.row + table.range.shape[0]
    for i, column in enumerate(header.options(1).value):
        cell = table.sheet.ws.cell(row, header.column + i)
        cell.value = cells.get(column)
    table.resize(header.resize(1 + table.range.shape[0], header.shape[1]))
    return row


def own_rate(book: Book, **cells: Any) -> int:
    own = {"model": "my-model", "meter": "image_out", "tier": "standard", "usd_per_mtok": 20.0}
    own |= {"effective_from": day(2026, 1, 1), "source": "my contract"}
    return add_row(book, "tblRates", **{**own, **cells})


def expected(card: RateCard, name: str, lang: str = "en") -> list[dict[str, Any]]:
    part = next(part for part in tables(card, Words(lang)) if part.name == name)
    return [{k: macros._as_cell(v) for k, v in row.items()} for row in part.rows]


# What is written


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_fresh_workbook_is_up_to_date(lang: str) -> None:
    book = Book(built_in(lang).data)
    before = book.dump()
    message = update_workbook(book, CARD)
    assert message == f"Rates as of {CARD.checked}.\nEverything was up to date."
    assert book.dump() == before
    assert book.writes == 0


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_the_rows_are_those_of_the_generator(name: str, lang: str) -> None:
    book = Book(built_in(lang).data)
    update_workbook(book, newer())
    assert book.rows(name) == expected(newer(), name, lang)


def test_a_refreshed_workbook_is_the_one_that_a_new_template_would_be(book: Book) -> None:
    card = newer()
    update_workbook(book, card)
    template = Book(build("en", card).data)
    ours, fresh = book.dump(), template.dump()
    assert ours["tables"] == fresh["tables"]
    assert ours["cells"] == fresh["cells"]


def test_each_table_takes_one_write_and_a_second_refresh_none(book: Book) -> None:
    update_workbook(book, newer())
    assert book.writes == len([*TABLES, "price_date", "written_on"])
    again = update_workbook(book, newer())
    assert "up to date" in again
    assert book.writes == 6


def test_new_rows_look_like_the_old_ones(book: Book) -> None:
    update_workbook(book, newer())
    *_, old, new = book.table("tblRates").range.cells()
    assert [cell._style for cell in new] == [cell._style for cell in old]


def test_filters_are_dropped_for_excel_writes_only_what_is_visible(book: Book) -> None:
    update_workbook(book, newer())
    assert book.table("tblRates").filters_dropped == 1


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", "'x", "2027-01-01", "1/2", "4:5", "May 2027", "dec-2", "TRUE"],
)
def test_text_stays_text_whatever_it_looks_like(book: Book, text: str) -> None:
    source = replace(CARD.rates[0], source=text)
    update_workbook(book, replace(CARD, rates=(source, *CARD.rates[1:])))
    cell = book.rows("tblRates")[0]["source"]
    assert cell == text
    assert list(book.table("tblRates").range.cells())[1][5].data_type == "s"


# What the user keeps


def test_a_users_own_row_is_kept_below_with_its_formula(book: Book) -> None:
    own_rate(book, usd_per_mtok="=30*0.9")
    message = update_workbook(book, newer())
    assert book.rows("tblRates")[-1] == {
        "model": "my-model",
        "meter": "image_out",
        "tier": "standard",
        "usd_per_mtok": "=30*0.9",
        "effective_from": day(2026, 1, 1),
        "source": "my contract",
        "checked": None,
        "basis": None,
    }
    assert "Rates: 1 added, 1 of your own kept." in message


def test_a_kept_price_in_a_currency_format_loses_no_decimals(book: Book) -> None:
    row = own_rate(book, usd_per_mtok=0.123456789)
    table = book.table("tblRates")
    table.sheet.ws.cell(row, table.range.column + 3).number_format = '"$"#,##0.00'
    update_workbook(book, newer())
    assert book.rows("tblRates")[-1]["usd_per_mtok"] == 0.123456789


def test_a_users_own_plan_is_kept_and_a_changed_plan_is_replaced_whole(book: Book) -> None:
    add_row(book, "tblPlans", plan="Ours", model="any", size_tier="any", quality="any", usd=0.1)
    message = update_workbook(book, newer())
    plans = [row["plan"] for row in book.rows("tblPlans")]
    assert plans[-1] == "Ours"
    assert plans.count(plan_with_rows(CARD)) == 1
    assert "removed" in message


def test_a_column_of_the_users_own_is_kept(book: Book) -> None:
    ws = book.table("tblFixed").sheet.ws
    table = book.table("tblFixed")
    header = table.header_row_range
    ws.cell(header.row, header.column + header.shape[1]).value = "my note"
    ws.cell(header.row + 1, header.column + header.shape[1]).value = "ask Li"
    table.resize(table.range.resize(table.range.shape[0], header.shape[1] + 1))
    changed = expected(CARD, "tblFixed")[0]
    ws.cell(header.row + 1, header.column + 2).value = changed["low"] + 1
    message = update_workbook(book, CARD)
    assert book.rows("tblFixed")[0] == {**changed, "my note": "ask Li"}
    assert f"low from {changed['low'] + 1:g} to {changed['low']:g}" in message


def test_rows_sorted_by_the_user_are_still_found(book: Book) -> None:
    table = book.table("tblRates")
    body = list(table.range.cells())[1:]
    contents = [[cell.value for cell in row] for row in reversed(body)]
    for row, values in zip(body, contents, strict=True):
        for cell, value in zip(row, values, strict=True):
            cell.value = value
    message = update_workbook(book, CARD)
    assert book.rows("tblRates") == expected(CARD, "tblRates")
    assert "up to date" in message


def test_an_old_price_that_was_typed_over_comes_back_and_is_told(book: Book) -> None:
    table = book.table("tblRates")
    table.sheet.ws.cell(table.range.row + 1, table.range.column + 3).value = 1.25
    message = update_workbook(book, CARD)
    assert "usd_per_mtok from 1.25 to" in message
    assert book.rows("tblRates") == expected(CARD, "tblRates")


# The day


def price_date(book: Book) -> Any:
    return next(name for name in book.names if name.name == "price_date").refers_to_range


def test_the_day_of_prices_moves_on_with_the_rates(book: Book) -> None:
    message = update_workbook(book, newer())
    assert price_date(book).value == day(2027, 2, 1)
    assert message.startswith("Rates as of 2027-02-01.\n")


@pytest.mark.parametrize("day", [day(2026, 3, 1), "=TODAY()"])
def test_a_day_that_the_user_set_stays_and_is_told(book: Book, day: Any) -> None:
    next(price_date(book).cells())[0].value = day
    message = update_workbook(book, newer())
    assert next(price_date(book).cells())[0].value == day
    assert "Prices as of stays on" in message


def test_a_workbook_without_that_cell_is_refreshed_all_the_same(book: Book) -> None:
    del book.workbook.defined_names["price_date"]
    assert update_workbook(book, newer()).startswith("Rates as of")


def test_the_message_is_short(book: Book) -> None:
    rates = tuple(replace(r, usd_per_mtok=r.usd_per_mtok + 1) for r in CARD.rates)
    lines = update_workbook(book, replace(CARD, rates=rates)).splitlines()
    assert len(lines) <= 15
    assert lines[-1].startswith("... and ")


# Bad cases: a sentence each, and nothing lost


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_a_protected_sheet_is_refused(
    book: Book, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(macros.sys, "platform", system)
    book.table("tblRates").sheet.ws.protection.sheet = True
    before = book.dump()
    with pytest.raises(InvalidValueError, match="the sheet Rates is protected; accepted: a sheet"):
        update_workbook(book, newer())
    assert book.dump() == before


@pytest.mark.parametrize("name", TABLES)
def test_a_workbook_without_a_table_is_refused(book: Book, name: str) -> None:
    sheet = book.table(name).sheet
    sheet.tables = [table for table in sheet.tables if table.name != name]
    before = book.dump()
    with pytest.raises(NotAvailableError, match=rf"budget.xlsx has no table {name}; accepted: "):
        update_workbook(book, newer())
    assert book.dump() == before


def test_a_table_without_a_column_is_refused(book: Book) -> None:
    next(book.table("tblPlans").header_row_range.cells())[0].value = "offer"
    with pytest.raises(InvalidValueError, match="tblPlans has no column plan; accepted: "):
        update_workbook(book, newer())
    assert book.writes == 0


def test_a_totals_row_is_refused(book: Book) -> None:
    book.table("tblRates").show_totals = True
    with pytest.raises(InvalidValueError, match="tblRates has a totals row"):
        update_workbook(book, newer())
    assert book.writes == 0


def test_what_stands_below_a_table_is_not_overwritten(book: Book) -> None:
    whole = book.table("tblModels").range
    book.table("tblModels").sheet.ws.cell(whole.row + whole.shape[0], whole.column + 1).value = "x"
    with pytest.raises(InvalidValueError, match="tblModels needs 1 rows more and the cells below"):
        update_workbook(book, newer())
    assert book.writes == 0


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_refused_write_leaves_everything_as_it_was(book: Book, nth: int) -> None:
    own_rate(book, usd_per_mtok="=30*0.9")
    before = book.dump()

    def refuse(write: int) -> None:
        if write == nth:
            raise Refusal("busy")

    book.refuse = refuse
    with pytest.raises(InvalidValueError, match=r"Excel refused to write \(busy\); everything is"):
        update_workbook(book, newer())
    assert book.dump() == before


def test_what_excel_keeps_otherwise_is_put_back(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If Excel takes a text for something else after all, no price goes wrong."""
    monkeypatch.setattr("xl_pricing.hosts.excel.sheet_table._MISREAD", re.compile("$^"))
    before = book.dump()
    with pytest.raises(
        InvalidValueError, match=r"tblRates did not keep what was written.*as it was"
    ):
        update_workbook(book, newer())
    assert book.dump() == before


def test_what_cannot_be_put_back_is_named(book: Book) -> None:
    def refuse(write: int) -> None:
        if write >= 2:
            raise Refusal("gone")

    book.refuse = refuse
    with pytest.raises(InvalidValueError, match="tblRates, tblModels could not be put back: close"):
        update_workbook(book, newer())


# From the button


def offline(*_asked: object) -> Report:
    raise SourceError("nothing is changed, for no source answered well")


@pytest.fixture
def called(book: Book, monkeypatch: pytest.MonkeyPatch) -> Callable[[Book], None]:
    def by(calling: Book) -> None:
        monkeypatch.setattr(xlwings.Book, "caller", classmethod(lambda _cls: calling))
        monkeypatch.setattr(macros, "active_card", bundled_card)
        monkeypatch.setattr(macros, "refresh_card", offline)

    by(book)
    return by


@pytest.mark.usefixtures("called")
def test_the_button_tells_what_changed_in_one_message(book: Book) -> None:
    message = refresh_rates()
    assert book.alerts == [message]
    assert "up to date" in message


@pytest.mark.usefixtures("called")
def test_offline_the_button_uses_the_known_rates_and_says_so() -> None:
    assert refresh_rates().endswith(
        "Known rates were used: nothing is changed, for no source answered well."
    )


@pytest.mark.usefixtures("called")
def test_the_button_asks_the_sources_and_tells_what_they_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dearer = Change(
        "gpt-image-2", "image_out", "standard", Decimal(30), Decimal(32), NEW_DAY, "both"
    )
    doubtful = dearer._replace(meter="text_in", why="only litellm says so")
    gone = dearer._replace(meter="shuts_down", tier="", old=None, new=NEW_DAY)
    report = Report(
        NEW_DAY, ("litellm",), ("genai-prices: no answer",), 1, (dearer, gone), (doubtful,), ()
    )
    monkeypatch.setattr(macros, "refresh_card", lambda *_asked: report)
    assert refresh_rates().splitlines()[-5:] == [
        "Asked: litellm.",
        "genai-prices: no answer",
        "New: gpt-image-2 image_out standard 30 -> 32 (both) from 2027-02-01.",
        "New: gpt-image-2 shuts_down None -> 2027-02-01 (both) from 2027-02-01.",
        "Held back: gpt-image-2 text_in standard 30 -> 32 (both), because only litellm says so.",
    ]


@pytest.mark.usefixtures("called")
def test_what_the_sources_changed_is_listed_on_the_rates_sheet(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = Change("gpt-image-2", "image_out", "batch", Decimal(15), Decimal(16), NEW_DAY, "both")
    gone = Change("gpt-image-2", "shuts_down", "", None, NEW_DAY, NEW_DAY, "litellm")
    report = Report(NEW_DAY, ("litellm",), (), 1, (dearer, gone), (), ())
    monkeypatch.setattr(macros, "refresh_card", lambda *_asked: report)
    refresh_rates()
    listed = [tuple(row.values()) for row in book.rows("tblChanges")]
    since = day(2027, 2, 1)
    assert listed == [
        ("gpt-image-2", "image_out", "batch", 15, 16, since, "both"),
        ("gpt-image-2", "shuts_down", None, None, "2027-02-01", since, "litellm"),
    ]
    monkeypatch.setattr(macros, "refresh_card", offline)
    refresh_rates()
    assert [tuple(row.values()) for row in book.rows("tblChanges")] == listed


@pytest.mark.usefixtures("called")
def test_a_card_that_is_not_used_is_told_on_the_rates_sheet_until_it_is_whole(
    book: Book, data_folder: Path
) -> None:
    data_folder.mkdir()
    (data_folder / "card.json").write_text("half a ca", "utf-8")
    refresh_rates()
    note = next(name.refers_to_range for name in book.names if name.name == "card_note")
    assert "is not used" in str(note.value)
    (data_folder / "card.json").unlink()
    refresh_rates()
    assert note.value is None


@pytest.mark.usefixtures("called")
def test_a_long_list_of_news_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Change("gpt-image-2", "image_out", "batch", Decimal(1), Decimal(2), NEW_DAY, "both")
    report = Report(NEW_DAY, ("litellm",), (), 1, (one,) * 40, (), ())
    monkeypatch.setattr(macros, "refresh_card", lambda *_asked: report)
    assert refresh_rates().endswith("\n... and 29 more.")


@pytest.mark.usefixtures("called")
def test_the_button_tells_a_refusal_in_one_message(book: Book) -> None:
    book.table("tblRates").sheet.ws.protection.sheet = True
    refresh_rates()
    assert len(book.alerts) == 1
    assert book.alerts[0].startswith("The rates were not refreshed: the sheet Rates is protected")


@pytest.mark.parametrize("name", ["renamed.xlsm", "예산 2027 (1).xlsm", "我的 预算 表.xlsm"])
def test_a_renamed_workbook_with_renamed_sheets_is_refreshed(
    called: Callable[[Book], None], name: str
) -> None:
    other = Book(built_in("zh-CN").data, name)
    for sheet in other.sheets:
        sheet.name = f"x {sheet.name}"
    called(other)
    assert refresh_rates().startswith("Rates as of")
    assert [row["usd_per_mtok"] for row in other.rows("tblRates")] == [
        row["usd_per_mtok"] for row in expected(CARD, "tblRates")
    ]


def test_of_two_open_workbooks_the_calling_one_is_refreshed(
    book: Book, called: Callable[[Book], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Book(built_in("en").data, "other.xlsx")
    before = book.dump()
    called(other)
    monkeypatch.setattr(macros, "active_card", newer)
    refresh_rates()
    assert book.dump() == before
    assert other.dump() != before
    assert (len(book.alerts), len(other.alerts)) == (0, 1)


def test_without_excel_the_macro_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["python"])
    with pytest.raises(SystemExit, match="Excel did not say which workbook asks, so nothing was"):
        refresh_rates()


# The made-up workbook has nothing that xlwings has not

PARTS = {"Range": Range, "Table": Table, "Sheet": Sheet, "Book": Book}
OURS_ALONE = {"cells", "before_write", "book", "ws", "filters_dropped", "rows", "table", "dump"}


@pytest.mark.parametrize("name", PARTS)
def test_xlwings_has_all_that_is_used_of_it(name: str) -> None:
    used = {name_ for name_ in vars(PARTS[name]) if name_[0] != "_"} - OURS_ALONE
    assert {part for part in used if not hasattr(getattr(xlwings.main, name), part)} == set()


@pytest.mark.parametrize("engine", ["_xlwindows", "_xlmac"])
@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Range", {"autofill", "formula", "raw_value", "shape"}),
        (
            "Table",
            {"name", "header_row_range", "range", "resize", "show_totals", "show_autofilter"},
        ),
        ("App", {"alert"}),
        ("Sheet", {"api", "tables", "name"}),
        ("Book", {"names", "sheets", "name"}),
        ("Name", {"name", "refers_to_range"}),
    ],
)
def test_both_systems_have_all_that_is_used_of_them(
    engine: str, name: str, parts: set[str]
) -> None:
    source = Path(xlwings.__file__).with_name(f"{engine}.py").read_text(encoding="utf-8")
    classes = {c.name: c for c in ast.parse(source).body if isinstance(c, ast.ClassDef)}
    has = {part.name for part in classes[name].body if isinstance(part, ast.FunctionDef)}
    assert parts <= has


def test_a_row_whose_day_cannot_be_read_is_the_users_own(book: Book) -> None:
    own_rate(book, model=CARD.rates[0].model, effective_from="soon")
    assert "1 of your own kept" in update_workbook(book, CARD)


def test_large_numbers_and_days_are_told_in_full(book: Book) -> None:
    model = CARD.model("gpt-image-2")
    body = list(book.table("tblModels").range.cells())
    columns = [cell.value for cell in body[0]]
    row = next(row for row in body if row[0].value == model.id)
    row[columns.index("max_pixels")].value = 1234567
    row[columns.index("released")].value = day(2020, 1, 2)
    told = update_workbook(book, CARD)
    assert "max_pixels from 1234567 to" in told
    assert "released from 2020-01-02 to" in told


def test_a_new_worksheet_is_written_beside_the_others_and_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[Path] = []
    books = type("Books", (), {"open": staticmethod(opened.append)})
    app = type("App", (), {"books": books})
    monkeypatch.setattr(xlwings, "apps", type("Apps", (), {"active": app}))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    at_home = macros.new_worksheet()
    (tmp_path / "Documents").mkdir()
    (tmp_path / "Documents" / "Image budget.xlsx").write_bytes(b"the user's own")
    beside = macros.new_worksheet()
    assert [at_home, beside] == list(map(str, opened))
    assert opened == [
        tmp_path / "Image budget.xlsx",
        tmp_path / "Documents" / "Image budget 2.xlsx",
    ]
    assert (opened[1].read_bytes() == built_in("en").data) is True  # not the diff of two files
    assert app.status_bar == f"Image Pricing: rates as of {bundled_card().checked}"
    assert (tmp_path / "Documents" / "Image budget.xlsx").read_bytes() == b"the user's own"
