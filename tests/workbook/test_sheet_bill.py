"""``xl-pricing bill --into``: the sheet Bill and the Actuals say what the core says of files."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import paper
import pytest
from click.testing import CliRunner, Result
from hosts.fidelity import infidelities
from hosts.libreoffice import LibreOffice
from hosts.workbook_file import SHARED_FUNCTIONS, findings, sdk_findings
from openpyxl import Workbook, load_workbook
from recalculation import differs

from workbook_templates.book.theme import GREY
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.sheets.bill.meanings import MEANINGS
from workbook_templates.sheets.bill.plan import FACTORS
from workbook_templates.sheets.bill.texts import clipped, place, plain, some_of
from xl_pricing.bills.actual_rows import TOKENS_ONLY, actual_rows
from xl_pricing.bills.bill_lines import bill_lines, few_lines
from xl_pricing.bills.compared import compare
from xl_pricing.bills.parts import Part
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row, Source
from xl_pricing.bills.rule import Rule
from xl_pricing.bills.shapes import SHAPES
from xl_pricing.bills.total import USD, Totals
from xl_pricing.cli.main import main
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.bridge import Factor
from xl_pricing.estimation.usage import Metered
from xl_pricing.rates.card import bundled_card

ROOM = Path(__file__).parents[1] / "cases" / "bills"
USAGE, COSTS = "organization_usage_completions.json", "organization_costs.json"
PLAN = {"lines": [{"size": "1024x1536", "quality": "high", "finals": 4, "retries": 1.5}]}
CASES: dict[str, tuple[str, ...]] = {
    "usage and costs": (USAGE, COSTS, "images_answers.jsonl"),
    "a plan": ("app_log.jsonl", "--billed", "1.5", "--accepted", "3"),
    "usage alone": ("stream_events.jsonl", "--model", "gpt-image-2"),
    "exports": ("usage_export.csv", "cost_export.csv"),
    "a cloud": ("azure_cost_details.csv",),
}
LEAST_PT, MOST_PAGES = 7, 18


def run(*arguments: str | Path) -> Result:
    """Run the command; samples by their names."""
    named = [str(ROOM / a if (ROOM / a).is_file() else a) for a in map(str, arguments)]
    return CliRunner().invoke(main, ["bill", *named])


@cache
def written(case: str, lang: str = "en") -> Path:
    """Return the workbook of a case."""
    folder = Path(mkdtemp())
    plan = folder / "plan.json"
    plan.write_text(json.dumps(PLAN), "utf-8")
    asked = (*CASES[case], *(("--plan", plan) if case == "a plan" else ()))
    result = run(*asked, "--into", folder / "new.xlsx", "--lang", lang, "--json")
    assert result.exit_code in {0, 1}, result.output
    (folder / "said.json").write_text(result.stdout, "utf-8")
    return folder / "new.xlsx"


def said(case: str, lang: str = "en") -> Any:
    """Return what the command says of a case."""
    return json.loads(written(case, lang).with_name("said.json").read_text("utf-8"))


def named(book: Workbook, name: str) -> Any:
    """Return what the cell of a name holds."""
    [(sheet, at)] = book.defined_names[name].destinations
    return book[sheet][at.replace("$", "")].value


def shown(path: Path) -> Workbook:
    """Return a workbook with what its cells show."""
    return load_workbook(path, data_only=True)


def table(book: Workbook, sheet: str, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table by field."""
    rows = book[sheet][book[sheet].tables[name].ref]
    fields = [cell.value for cell in rows[0]]
    return [dict(zip(fields, (cell.value for cell in row), strict=True)) for row in rows[1:]]


def held(value: Any) -> Any:
    """Return what a cell holds: of a day its date, of a blank text a text."""
    return value.date() if isinstance(value, datetime) else "" if value is None else value


def parts_of(book: Workbook, count: int) -> list[float]:
    """Return the parts of the difference."""
    return [named(book, f"bill_part_{i}") for i in range(count)]


@pytest.mark.parametrize("case", CASES)
def test_the_sheet_says_what_the_command_says(case: str) -> None:
    found, book = said(case), shown(written(case))
    assert named(book, "bill_usage") == pytest.approx(float(found["usd"]), abs=1e-12)
    assert len(table(book, "Bill", "tblBill")) > 0
    if found["billed"] is None:
        assert "bill_billed" not in book.defined_names
        return
    assert named(book, "bill_billed") == pytest.approx(float(found["billed"]), abs=1e-12)
    assert named(book, "bill_difference") == pytest.approx(float(found["difference"]), abs=1e-9)
    exact = [*map(float, found["parts"].values())]
    assert parts_of(book, len(exact)) == pytest.approx(exact, abs=1e-9)
    assert named(book, "bill_adds_up") == 1
    if found["plan"]:
        assert named(book, "bill_of_plan") == pytest.approx(float(found["plan"]["actual"]))
        assert named(book, "bill_plan_adds_up") == 1


def test_a_month_is_told_in_the_cards_line_by_line_and_with_its_files() -> None:
    book = shown(written("usage and costs"))
    sheet = book["Bill"]
    assert (sheet["B5"].value, sheet["D5"].value, sheet["G5"].value) == (
        "$1.9490",
        "$1.8365",
        "-$0.1125",
    )
    assert sheet["J5"].value == "▲ 4 rows are not priced"
    lines = table(book, "Bill", "tblBill")
    flare = [r for r in lines if r["model"] == "gpt-image-2.5-flare" and r["difference"]]
    assert {row["why"] for row in flare} == {"billed under the rate in force"}
    assert sum(row["difference"] for row in lines) == pytest.approx(-0.11252)
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    listed = {row[1]: (row[7], row[8]) for row in cells if row[1] in {USAGE, COSTS}}
    for name, records in ((USAGE, 12), (COSTS, 31)):
        digest = hashlib.sha256((ROOM / name).read_bytes()).hexdigest()
        assert listed[name] == (records, digest)
    left = next(row for row in cells if row[1] == Reason.NO_MODEL.sentence)
    assert (left[6], left[7]) == (4, 26_812)
    assert "images_answers.jsonl, line 1" in left[9]


def test_actuals_hold_a_row_a_day_model_size_and_quality() -> None:
    rows = table(shown(written("a plan")), "Actuals", "tblActuals")
    assert sum(row["generations"] for row in rows) == 25
    assert sum(row["billed"] for row in rows) == pytest.approx(1.409773)
    assert {row["check"] for row in rows} == {"✔ counted"}
    assert {row["accepted"] for row in rows} == {None}
    assert all(str(row["why"] or "✔").startswith("✔") for row in rows)
    first = rows[0]
    assert (first["date"], first["model"]) == (datetime(2026, 11, 2), "gpt-image-2")  # noqa: DTZ001 - a cell has no zone
    assert (first["size"], first["quality"]) == ("1024x1024", "high")
    only = table(shown(written("usage and costs")), "Actuals", "tblActuals")
    assert {(row["size"], row["generations"]) for row in only} == {(TOKENS_ONLY, None)}
    assert {row["check"] for row in only} == {"✔ counted"}
    assert sum(row["billed"] for row in only) == pytest.approx(1.8365245 + 0.05975)


def test_without_accepted_finals_a_sentence_asks_for_them() -> None:
    book = shown(written("a plan"))
    assert str(named(book, "actuals_status")).startswith("▲ Rows without accepted finals: 11")
    assert named(book, "measured_retries") == "#N/A"
    assert named(book, "actuals_cost_per_image") == pytest.approx(1.409773 / 25)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", ["usage and costs", "a plan"])
def test_libreoffice_computes_what_the_file_says(
    libreoffice: LibreOffice, case: str, lang: str
) -> None:
    path = written(case, lang)
    formulas, values = load_workbook(path), shown(path)
    words = Words(lang)
    places = [
        (sheet, cell.coordinate)
        for sheet in (words("Bill"), words("Actuals"))
        for row in formulas[sheet].iter_rows()
        for cell in row
        if cell.data_type == "f" and "TODAY()" not in cell.value  # the machine's day
    ]
    assert len(places) > 300
    libreoffice.open(path)
    got = libreoffice.read([f"'{sheet}'!{at}" for sheet, at in places])
    wrong = [
        f"{sheet}!{at}: {value!r}, LibreOffice {other!r}"
        for (sheet, at), other in zip(places, got, strict=True)
        for value in [held(values[sheet][at].value)]
        if differs(value, "" if other is None else other)
    ]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", ["usage and costs", "a plan"])
def test_excel_takes_the_file(case: str, lang: str) -> None:
    path = written(case, lang)
    assert findings(path, {*SHARED_FUNCTIONS, "TODAY"}) == infidelities(path) == []
    assert sdk_findings(path) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_the_sheet_is_readable_on_paper(case: str, lang: str) -> None:
    if lang != "en" and case not in {"usage and costs", "a plan"}:
        return
    book = shown(written(case, lang))
    sheet = book[Words(lang)("Bill")]
    scale = min(paper.scale(sheet, size) for size in paper.PAPERS)
    cells = [cell for cell in paper.printed(sheet) if cell.font.color.rgb != f"00{GREY}"]
    assert min(cell.font.sz for cell in cells) * scale >= LEAST_PT
    right = max(area.right for area in paper.areas(sheet))
    over = [
        cell.value
        for cell in cells
        if isinstance(cell.value, str) and not cell.alignment.wrap_text
        if cell.alignment.horizontal in {None, "left", "general"}
        if paper.runs_over(sheet, cell, right) > 0
    ]
    assert over == []
    for chart in sheet._charts:
        first = chart.anchor._from.col + 1
        assert paper.width(sheet, first, right) >= chart.anchor.ext.width / 12_700


def test_a_workbook_with_a_bill_is_few_pages(libreoffice: LibreOffice, tmp_path: Path) -> None:
    libreoffice.open(written("a plan"))
    libreoffice.render(tmp_path / "book.pdf")
    assert (tmp_path / "book.pdf").read_bytes().count(b"/Type/Page/") <= MOST_PAGES


def test_all_that_files_are_told_of_has_its_chinese_words() -> None:
    words = Words("zh-CN")
    for reason in Reason:
        assert words(reason.sentence) != reason.sentence
    for part in Part:
        assert words(str(part)) != words(MEANINGS[part]) != MEANINGS[part]
    for factor in Factor:
        assert words(FACTORS[factor]) != FACTORS[factor]
    for shape in SHAPES:
        assert words.data(shape.name) != shape.name or shape.name == "FOCUS"
    assert place("usage.csv, row 12", words) == "usage.csv, 第 12 行"
    assert place("usage.csv", words) == "usage.csv"


def test_texts_are_cut_to_their_room_and_characters_that_no_cell_holds_left_out() -> None:
    words = Words("en")
    assert plain("a\x00b\ud800") == "a b "
    assert len(plain("x" * 5_000)) == 1_000
    assert clipped("abcdef", 4) == "abc…"
    assert clipped("图片图片", 6) == "图片…"
    assert some_of(["one", "two"], 9, 40, words) == "one; two; and 7 more"
    assert some_of(["one", "a longer two"], 2, 15, words) == "one; and 1 more"
    assert some_of(["a long one"], 1, 6, words) == "a lon…"
    assert some_of([], 0, 6, words) == ""


def test_texts_of_files_never_become_formulas(tmp_path: Path) -> None:
    usage = {"input_tokens": 10, "output_tokens": 100}
    record = {"model": "gpt-image-2", "created": 1_793_606_405, "usage": usage, "data": [{}]}
    rows = [{**record, "project": '=HYPERLINK("http://x")', "size": "=1+1"},
            {**record, "model": "=gpt-image-9", "created": 1_793_606_406}]  # fmt: skip
    file = tmp_path / "=log.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    result = run(file, "--into", tmp_path / "new.xlsx", "--by", "project")
    assert result.exit_code == 1, result.output
    book = load_workbook(tmp_path / "new.xlsx")
    texts = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).startswith(("=HYPER", "=1+1", "=gpt", "=log"))
    ]
    assert len(texts) >= 2
    assert {cell.data_type for cell in texts} <= {"s", "inlineStr"}


def test_a_file_is_never_overwritten_unasked_and_options_need_each_other(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    path.write_bytes(b"mine")
    result = run(USAGE, "--into", path)
    assert result.exit_code == 2
    assert "exists; accepted: another name, or --force" in result.stderr
    assert path.read_bytes() == b"mine"
    assert "not a workbook" in run(USAGE, "--into", tmp_path / "new.csv").stderr
    for options in (("--workbook", path), ("--lang", "en")):
        assert "accepted: --into new.xlsx" in run(USAGE, *options).stderr
    assert run(USAGE, "--into", path, "--force").exit_code == 0
    assert load_workbook(BytesIO(path.read_bytes())).sheetnames[9] == "Bill"


def test_an_older_workbook_hands_on_accepted_finals_and_rows_of_other_days(tmp_path: Path) -> None:
    csv, old, new = tmp_path / "old.csv", tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    csv.write_text(
        "date,model,size,quality,generations,accepted,billed,note\n"
        "2026-10-01,gpt-image-2,4:5,high,9,7,1.5,october\n"
        "2026-11-02,gpt-image-2,1024x1024,high,1,1,0.2,replaced\n"
        "2026-11-03,gpt-image-2,1:1,low,8,8,0.2,gone\n",
        "utf-8",
    )
    template = CliRunner().invoke(main, ["template", str(old), "--actuals", str(csv)])
    assert template.exit_code == 0, template.output
    result = run("app_log.jsonl", "--into", new, "--workbook", old)
    assert "1 rows of the older workbook are of other days and stay" in result.output
    rows = table(shown(new), "Actuals", "tblActuals")
    assert [(r["note"], r["accepted"]) for r in rows if r["accepted"]] == [
        ("october", 7),
        ("at the rates, not billed", 1),
    ]
    assert not any(row["note"] == "gone" for row in rows)
    again = CliRunner().invoke(main, ["template", str(tmp_path / "a.xlsx"), "--from", str(new)])
    assert again.exit_code == 0, again.output
    assert "rows of the actuals 12" in again.output
    assert "Bill" not in load_workbook(tmp_path / "a.xlsx").sheetnames


FILE = Source("made.json", "record")


def made(days: Iterator[date], *, batch: bool = False) -> Totals:
    """Return sums of a row of usage and a line of a bill on each day."""
    totals = Totals(Rule(bundled_card()), ("project", "size", "quality"))
    for i, day in enumerate(days):
        tier = "batch" if batch and i % 2 else "standard"
        facts = {"day": day, "model": "gpt-image-2", "tokens": Metered(image_out=1_000 + i)}
        totals.add(Row(FILE, i, tier=tier, images=1, size="1:1", quality="high", **facts))
        amount = {"billed_side": True, "billed": Fraction(3, 100), "currency": USD}
        totals.add(Row(FILE, i, **facts, **amount))
    return totals


def many_days(count: int) -> Iterator[date]:
    return (date.fromordinal(date(2026, 5, 1).toordinal() + i) for i in range(count))


@pytest.mark.parametrize(("most", "period"), [(200, "day"), (60, "week"), (20, "month")])
@pytest.mark.parametrize("batch", [False, True])
def test_more_rows_than_fit_are_grouped_and_still_cost_the_same(
    most: int, period: str, batch: bool
) -> None:
    totals = made(many_days(150), batch=batch)
    lines = bill_lines(totals, compare(totals).lines)
    few, by = few_lines(lines, most, totals)
    assert by == period
    for name in ("used", "used_batch", "billed_tokens", "billed"):
        assert sum(getattr(one, name) for one in few) == sum(getattr(one, name) for one in lines)
    rows, by = actual_rows(totals, most)
    assert by == period
    assert sum(row.billed for row in rows) == totals.bill.billed[USD]
    assert sum(row.images or 0 for row in rows) == 150


def test_what_does_not_fit_even_by_month_is_refused() -> None:
    totals = made(many_days(150))
    with pytest.raises(InvalidValueError, match="rows of Actuals even by month"):
        actual_rows(totals, 2)
    with pytest.raises(InvalidValueError, match="lines for the sheet even by month"):
        few_lines(bill_lines(totals, compare(totals).lines), 2, totals)


def test_amounts_of_whole_models_and_of_days_without_usage_find_their_rows() -> None:
    totals = Totals(Rule(bundled_card()), ("project", "size", "quality"))
    day, later = date(2026, 11, 2), date(2026, 11, 3)
    tokens = Metered(text_in=1_000, image_out=10_000)
    totals.add(Row(FILE, 1, day=day, model="gpt-image-2", tokens=tokens))
    amount = {"billed_side": True, "currency": USD, "model": "gpt-image-2"}
    totals.add(Row(FILE, 2, day=day, billed=Fraction(3, 10), **amount))
    totals.add(Row(FILE, 3, day=later, billed=Fraction(1), **amount))
    told = compare(totals)
    lines = bill_lines(totals, told.lines)
    assert [(one.meter, one.used, one.billed) for one in lines] == [
        ("text_in", 1_000, 0),
        ("image_out", 10_000, 0),
        ("", 0, Fraction(3, 10)),
        ("", 0, 1),
    ]
    assert {one.tokens_part or one.rate_part for one in lines} == {Part.UNEXPLAINED, Part.NOT_USED}
    rows, _ = actual_rows(totals, 10)
    assert [(row.day, row.output_tokens, row.billed) for row in rows] == [
        (day, 10_000, Fraction(3, 10)),
        (later, None, 1),
    ]


def test_a_sum_below_0_is_drawn_on_both_sides_and_is_in_no_actuals(tmp_path: Path) -> None:
    file = tmp_path / "actuals.csv"
    file.write_text(
        "date,model,size,quality,generations,input_tokens,output_tokens,billed\n"
        "2026-11-02,gpt-image-2,1024x1024,high,10,410,70240,2.1\n"
        "2026-11-02,gpt-image-2,,,,,,-5\n"
        "2026-11-03,gpt-image-2,1024x1024,high,10,410,70240,2.10925\n",
        "utf-8",
    )
    result = run(file, "--into", tmp_path / "new.xlsx")
    assert "sums below 0 are in no Actuals, 1 of them: see the sheet Bill" in result.stdout
    book = shown(tmp_path / "new.xlsx")
    assert [row["billed"] for row in table(book, "Actuals", "tblActuals")] == [2.10925]
    reaches, drawn = 0.0, []
    for row in book["Bill"].iter_rows(min_row=1, max_row=40, min_col=15, max_col=22):
        label, *figures = (cell.value for cell in row)
        if not label or not all(isinstance(figure, int | float) for figure in figures):
            continue
        hidden, total, more, less, more_under, less_under, end = figures
        if not total:
            left, right = sorted((reaches, end))
            shown_over, shown_under = more + less, more_under + less_under
            assert shown_over - shown_under == pytest.approx(right - left)
            assert hidden == pytest.approx(max(left, 0) + min(right, 0))
            assert max(hidden, 0) + shown_over == pytest.approx(max(right, 0))
            assert min(hidden, 0) + shown_under == pytest.approx(min(left, 0))
        drawn.append(end)
        reaches = end
    assert min(drawn) < 0 < max(drawn)
