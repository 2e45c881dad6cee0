"""What is carried over of files by others: earlier releases, LibreOffice, and hostile ones."""

import os
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exhaustive import many
from hosts.libreoffice import LibreOffice
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import TableColumn
from random_inputs import CARD
from templates import built_in

from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import build
from workbook_templates.carry_over import package
from workbook_templates.carry_over.carry import Carried, carry
from workbook_templates.carry_over.wrong_today import wrong_today
from xl_pricing.errors import InvalidValueError

CASES = Path(__file__).parents[1] / "cases" / "workbooks"
WORKBOOK, SHEET, TABLE = "xl/workbook.xml", "xl/worksheets/sheet2.xml", "tables/table"
TYPED = {"finals": 77, "retries": 1.7, "quality": "medium", "ratio": "custom", "currency": "CHF",
         "use_measured": "yes", "compare_with": "the campaign", "campaign_cap": None,
         "stage_size": "1024x1024", "pack_credits": 5000}  # fmt: skip
"""What somebody typed into a workbook, in English."""
LINE = {"use_case": "Etsy", "size": "1:1", "quality": "low", "model": "gpt-image-2", "finals": 9,
        "retries": 2, "tier": "batch", "buffer": 0.1}  # fmt: skip
BILL = {"date": 46330, "model": "gpt-image-2", "size": "4:5", "quality": "high",
        "generations": 12, "accepted": 6, "billed": 2.31, "note": "own"}  # fmt: skip
CHOSEN = ("ratio", "use_measured", "compare_with")


def release(lang: str) -> Path:
    """Return the workbook of release 0.1.0 as it was shipped."""
    return CASES / f"0.1.0-{lang}.xlsx"


def in_words(lang: str) -> dict[str, Any]:
    return {n: Words(lang)(cell) if n in CHOSEN else cell for n, cell in TYPED.items()}


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def edited(lang: str, folder: Path) -> Path:
    """Return release 0.1.0 with cells and rows typed over, as openpyxl saves it."""
    book = load_workbook(release(lang))
    for name, value in in_words(lang).items():
        ((sheet, at),) = book.defined_names[name].destinations
        book[sheet][at] = value
    for table, row in (("tblCampaign", LINE), ("tblActuals", BILL)):
        sheet = next(sheet for sheet in book if table in sheet.tables)
        header, first, *_ = sheet[sheet.tables[table].ref]
        for head, cell in zip(header, first, strict=True):
            if head.value in row:
                cell.value = row[head.value]
    path = folder / "edited.xlsx"
    book.save(path)
    return path


def assert_typed(carried: Carried, lang: str) -> None:
    said = in_words(lang)
    assert {name: carried.inputs[name] for name in said} == said
    for name, row in (("tblCampaign", LINE), ("tblActuals", BILL)):
        (own,) = carried.rows[name]
        assert {field: own[field] for field in row} == row


@pytest.mark.parametrize("lang", LANGUAGES)
def test_release_0_1_0_hands_on_all_its_cells_and_no_examples(lang: str) -> None:
    carried = carry(release(lang), None, CARD)
    assert carried.lang == lang
    assert len(carried.inputs) == 26
    assert not {"currency", "units_per_usd"} & carried.inputs.keys()  # an example
    assert "tblCampaign" not in carried.rows
    assert carried.rows["tblRates"] == carried.rows["tblSizes"] == []
    examples = [line for line in carried.lines if "example rows" in line]
    assert [line.split(": ")[1][:2] for line in examples] == ["12", "6 "]
    assert not any("no cell of that name" in line for line in carried.lines)


@pytest.mark.parametrize("new", LANGUAGES)
@pytest.mark.parametrize("old", LANGUAGES)
def test_what_was_typed_into_release_0_1_0_comes_over(old: str, new: str, tmp_path: Path) -> None:
    carried = carry(edited(old, tmp_path), new, CARD)
    assert_typed(carried, new)
    assert sum("11 example rows" in line for line in carried.lines) == 1
    built = build(new, CARD, inputs=carried.inputs, rows=carried.rows)
    assert (built.values["retries_used"], built.values["campaign_finals"]) == (2, 9)


def test_a_rate_that_was_typed_into_release_0_1_0_stays_that_of_its_currency(
    tmp_path: Path,
) -> None:
    book = load_workbook(release("en"))
    for name, value in (("currency", "CNY"), ("units_per_usd", 7.12)):
        ((sheet, at),) = book.defined_names[name].destinations
        book[sheet][at] = value
    book.save(tmp_path / "typed.xlsx")
    carried = carry(tmp_path / "typed.xlsx", None, CARD)
    assert carried.inputs["rate_currency"] == "CNY"
    values = build("en", CARD, inputs=carried.inputs).values
    assert values["budget_currency"] == pytest.approx(7.12 * float(values["budget_usd"]))


@pytest.mark.parametrize("lang", many(["zh-CN"], LANGUAGES))
def test_what_libreoffice_saved_comes_over(
    libreoffice: LibreOffice, lang: str, tmp_path: Path
) -> None:
    libreoffice.open(edited(lang, tmp_path))
    libreoffice.save(tmp_path / "saved.xlsx")
    assert_typed(carry(tmp_path / "saved.xlsx", None, CARD), lang)


def test_a_table_without_its_part_is_found_by_its_header(tmp_path: Path) -> None:
    parts = parts_of(edited("en", tmp_path))
    lost = {name: data for name, data in parts.items() if TABLE not in name}
    assert len(lost) < len(parts)
    assert_typed(carry(packed(lost, tmp_path / "lost.xlsx"), None, CARD), "en")


def test_a_macro_workbook_is_read_without_its_macros(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsm"
    path.write_bytes(built_in("en", macros=True).data)
    assert carry(path, None, CARD).inputs["finals"] == 120


def test_what_cannot_come_over_is_told_with_its_cell(tmp_path: Path) -> None:
    book = load_workbook(release("en"))
    sheet, campaign, rates = book["Worksheet"], book["Campaign"], book["Rates"]
    sheet["C22"], sheet["C23"], sheet["C25"] = "=60*2", "#N/A", 1e300
    sheet["C23"].data_type = "e"
    sheet["C14"], sheet["C15"] = "best", "=1+1"
    book.create_sheet("My notes")["A1"] = "mine"
    campaign["B24"], campaign["BH23"], campaign["BH24"] = "Etsy", "owner", "Ann"
    campaign.tables["tblCampaign"].ref = "B23:BH35"
    campaign.tables["tblCampaign"].tableColumns.append(TableColumn(id=99, name="owner"))
    rates["E8"], rates["BV8"] = 77, 1
    book.defined_names["old_input"] = DefinedName("old_input", attr_text="Worksheet!$C$21")
    sheet["C21"] = "kept here"
    sheet["C21"].protection = Protection(locked=False)
    del book.defined_names["tier"]
    book.defined_names["tier"] = DefinedName("tier", attr_text="#REF!")
    book.save(tmp_path / "odd.xlsx")
    parts = parts_of(tmp_path / "odd.xlsx")
    formula, with_value = b"<f>60*2</f><v /></c>", b"<f>60*2</f><v>120</v></c>"
    assert formula in parts["xl/worksheets/sheet1.xml"]
    first = parts["xl/worksheets/sheet1.xml"].replace(formula, with_value, 1)
    path = packed({**parts, "xl/worksheets/sheet1.xml": first}, tmp_path / "odd.xlsx")
    carried = carry(path, None, CARD)
    assert {"finals", "retries", "buffer", "tier"} & carried.inputs.keys() == {"finals"}
    for line in (
        "Worksheet!C22 finals: a formula: its value 120 is carried over",
        "Worksheet!C15 measured_tokens: a formula whose value the file does not hold, not carried",
        "Worksheet!C23 retries: holds the error #N/A, not carried over",
        "Worksheet!C25 buffer: 1e+300 is over 1,000,000,000,000, not carried over",
        "Worksheet!C21 old_input: no cell of that name any more, not carried over",
        "tier: the name has no cell any more",
        "My notes: a sheet of your own, not carried over",
        "Campaign!BH24: the column owner is your own, not carried over",
        "Rates!BV8: grid_base_px 1: not carried over, the constant is 2000000",
        "Rates, tblRates: gpt-image-2 text_in standard 2026-04-21: usd_per_mtok from 77 to 5",
    ):
        assert any(one.startswith(line) for one in carried.lines), (line, carried.lines)
    built = build("en", CARD, inputs=carried.inputs, rows=carried.rows)
    (line,) = wrong_today(carried, built, CARD, ())
    assert line == "Worksheet!C14 quality 'best': unknown: low, medium, high"


def test_rows_of_ones_own_below_a_table_come_over(tmp_path: Path) -> None:
    """LibreOffice grows no table: what is typed below it is no less typed."""
    book = load_workbook(release("en"))
    rates, campaign = book["Rates"], book["Campaign"]
    for at, cells in {
        "AX47": ("Our contract", "flat", "any", "any", None, "any", None, 0.12),
        "AX48": ("ComfyUI", "flat", "any", "any", None, "ultra", None, 0.5),
        "AQ24": ("7:5", 1120, 800),
        "B92": ("gpt-image-2", "image_out", "standard", 25, 46400),
    }.items():
        row, left = rates[at].row, rates[at].column
        for i, cell in enumerate(cells):
            rates.cell(row, left + i, cell)
    campaign["B36"], campaign["C36"], campaign["F36"] = "Below", "1:1", 3
    path = tmp_path / "below.xlsx"
    book.save(path)
    carried = carry(path, None, CARD)
    assert [row["plan"] for row in carried.rows["tblPlans"]] == ["Our contract"]
    assert [row["width_px"] for row in carried.rows["tblSizes"]] == [1120]
    (rate,) = carried.rows["tblRates"]
    assert (rate["usd_per_mtok"], rate["effective_from"]) == (25, date(2027, 1, 13))
    assert [row["use_case"] for row in carried.rows["tblCampaign"]] == ["Below"]
    assert any("comfyui any any ultra: not carried over" in line for line in carried.lines)
    later = {**carried.inputs, "price_date": date(2027, 2, 1)}
    built = build("en", CARD, inputs=later, rows=carried.rows)
    assert built.values["rate_image_out"] == 25
    assert built.values["tblCampaign.size_text.0"] == "1:1"


def _doctype(parts: dict[str, bytes]) -> None:
    entity = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    parts[WORKBOOK] = parts[WORKBOOK].replace(b"?>", b"?>" + entity, 1)


def _external(parts: dict[str, bytes]) -> None:
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    parts[SHEET] = parts[SHEET].replace(b"?>", b"?>" + entity, 1)


def _endless(parts: dict[str, bytes]) -> None:
    parts["xl/styles.xml"] = b'<a b="' + b"x" * 5_000_000 + b'"/>'


def _cut(parts: dict[str, bytes]) -> None:
    parts[SHEET] = parts[SHEET][: len(parts[SHEET]) // 2]


def _nameless(parts: dict[str, bytes]) -> None:
    parts[WORKBOOK] = parts[WORKBOOK].replace(b'name="finals"', b'name="other"')


def _no_workbook(parts: dict[str, bytes]) -> None:
    del parts[WORKBOOK]


def _open_document(parts: dict[str, bytes]) -> None:
    parts.clear()
    parts["content.xml"] = b"<a/>"


def _binary(parts: dict[str, bytes]) -> None:
    parts["xl/workbook.bin"] = parts.pop(WORKBOOK)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_doctype, "declares a document type"),
        (_external, "declares a document type"),
        (_endless, "one without end"),
        (_cut, "is damaged"),
        (_nameless, "is no workbook of xl-pricing"),
        (_no_workbook, "is a zip file without a workbook"),
        (_open_document, "is an OpenDocument file"),
        (_binary, "is a binary workbook"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, spoil: Callable[[dict[str, bytes]], None], told: str
) -> None:
    parts = parts_of(release("en"))
    spoil(parts)
    with pytest.raises(InvalidValueError, match=rf"bad\.xlsx .*{told}.*accepted"):
        carry(packed(parts, tmp_path / "bad.xlsx"), None, CARD)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is no Excel workbook"),
        (b"use_case,size\n", "is no Excel workbook"),
        (b"PK\x03\x04" + b"x" * 99, "is damaged"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "is an old Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "is protected by"),
    ],
)
def test_other_kinds_of_files_are_named(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(data)
    with pytest.raises(InvalidValueError, match=rf"bad\.xlsx {told}.*accepted"):
        carry(path, None, CARD)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "missing.xlsx"):
        with pytest.raises(InvalidValueError, match="accepted"):
            carry(path, None, CARD)


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "mine.xlsx")
    with pytest.raises(InvalidValueError, match="no cells named finals, retries, price_date"):
        carry(tmp_path / "mine.xlsx", None, CARD)


@pytest.mark.parametrize(
    ("limit", "most"),
    [("MOST_BYTES", 1_000), ("MOST_UNZIPPED", 100_000), ("MOST_PARTS", 9), ("MOST_ELEMENTS", 99)],
)
def test_a_file_beyond_a_bound_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(package, limit, most)
    with pytest.raises(InvalidValueError, match=r"accepted"):
        carry(release("en"), None, CARD)


def test_a_zip_that_swells_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(WORKBOOK, "w", force_zip64=True) as part,
    ):
        for _ in range(301):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InvalidValueError, match="bytes unzipped"):
        carry(path, None, CARD)


def test_a_damaged_part_is_a_workbook_or_a_sentence(tmp_path: Path) -> None:
    rng = random.Random("damage")
    whole = parts_of(release("en"))
    read = [n for n in whole if TABLE in n or n in {WORKBOOK, SHEET, "xl/styles.xml"}]
    for _ in range(many(15, 1_000)):
        parts = dict(whole)
        name = rng.choice(read)
        data = bytearray(parts[name])
        for _ in range(rng.choice([1, 3])):
            at = rng.randrange(len(data))
            data[at : at + rng.choice([1, 1, 30])] = rng.choice([b"", b"9999999", b"-", b"\xff"])
        parts[name] = bytes(data)
        with suppress(InvalidValueError):
            assert carry(packed(parts, tmp_path / "bad.xlsx"), None, CARD).inputs
