"""A mistake is pasted in LibreOffice: one cell turns red, one sentence says why, one click away.

No validation is asked where a person pastes. What is seen is read as LibreOffice shows it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from exhaustive import many
from hosts.calc_html import Seen, read_cells
from hosts.libreoffice import LibreOffice
from templates import built_in, input_addresses, open_in

from workbook_templates.book import theme
from workbook_templates.book.words import LANGUAGES, Words
from workbook_templates.build import Built

RED, AMBER = (f"#{fill}" for fill in (theme.RED_FILL, theme.AMBER_FILL))
"""The fills of what is wrong, and of what is to be known."""
NBSP, WIDE_120 = "\u00a0", "\uff11\uff12\uff10"

Pasted = Mapping[str, str]
"""Texts as another program copies them, by the input that the cursor is in."""
BESIDE: list[tuple[Pasted, str, str, str]] = [
    ({"retries": "0.5"}, "retries",
     "✘ a number, 1 or more; nearest 1", "✘ 数字，不小于 1；最接近 1"),
    ({"retries": "1,5"}, "retries",
     "✘ text, not a number: type 1.50, without ' or spaces",
     "✘ 是文本，不是数字：请填 1.50，不带撇号和空格"),
    ({"finals": "'120"}, "finals",
     "✘ text, not a number: type 120, without ' or spaces",
     "✘ 是文本，不是数字：请填 120，不带撇号和空格"),
    ({"finals": f"1{NBSP}200"}, "finals",
     "✘ text, not a number: type 1,200, without ' or spaces",
     "✘ 是文本，不是数字：请填 1,200，不带撇号和空格"),
    ({"finals": WIDE_120}, "finals",
     "✘ text, not a number: type 120, without ' or spaces",
     "✘ 是文本，不是数字：请填 120，不带撇号和空格"),
    ({"finals": "many"}, "finals", "✘ a number, 0 or more", "✘ 数字，不小于 0"),
    ({"buffer": "20"}, "buffer", "✘ 0% to 100%; nearest 20%", "✘ 0% 至 100%；最接近 20%"),
    ({"model": "gpt image 2"}, "model",
     "✘ unknown: such as gpt-image-2", "✘ 未知的模型：可用如 gpt-image-2"),
    ({"tier": "flex"}, "tier", "✘ standard or batch", "✘ 请填 standard 或 batch"),
    ({"ratio": "1.85:1"}, "ratio",
     "✘ not in the list: 1.91:1 is nearest", "✘ 不在列表中：最接近 1.91:1"),
    ({"ratio": "custom", "custom_width": "1920", "custom_height": "1080"}, "custom_height",
     "✘ 1920x1080 is not legal: 1920x1088 or 1904x1072",
     "✘ 不接受 1920x1080：可用 1920x1088 或 1904x1072"),
    ({"model": "gpt-image-1"}, "ratio",
     "✘ this model takes 1:1, 2:3, 3:2 alone", "✘ 该模型只接受 1:1、2:3、3:2"),
    ({"quality": "best"}, "quality",
     "✘ unknown: low, medium, high", "✘ 未知：可用 low、medium、high"),
    ({"price_date": "hello"}, "price_date",
     "✘ a date such as 2026-11-23, not text", "✘ 请填日期，如 2026-11-23，不要填文本"),
    ({"price_date": "2010-01-01"}, "price_date",
     "✘ a day from 2025-04-23 on", "✘ 请填 2025-04-23 或之后的日期"),
    ({"plan": "Comfy"}, "plan",
     "✘ unknown: a plan of the list, or none", "✘ 未知：请选列表中的方案，或“无”"),
    ({"use_measured": "perhaps"}, "use_measured", "✘ yes or no", "✘ 请填“是”或“否”"),
    ({"reference_width": "0.5"}, "reference_width",
     "✘ whole px, 1 to 100,000; nearest 1", "✘ 整数像素，1 至 100,000；最接近 1"),
    ({"images_per_call": "12"}, "images_per_call",
     "✘ a whole number, 1 to 10; nearest 10", "✘ 整数，1 至 10；最接近 10"),
    ({"currency": "EUR", "units_per_usd": "0,92", "rate_currency": "EUR"}, "units_per_usd",
     "✘ text, not a number: type 0.92, without ' or spaces",
     "✘ 是文本，不是数字：请填 0.92，不带撇号和空格"),
]  # fmt: skip
"""What is pasted on the Worksheet, the one cell that turns red, and what stands beside it."""
IN_ROWS: list[tuple[str, str, str, str]] = [
    ("tblCampaign.model", "dall-e-3", "model unknown", "模型未知"),
    ("tblCampaign.size", "big", "size not readable", "尺寸无法读取"),
    ("tblCampaign.size", "1000x1000", "size not legal", "模型不支持该尺寸"),
    ("tblCampaign.quality", "best", "quality has no token count", "该质量没有词元数"),
    ("tblCampaign.tier", "flex", "tier unknown", "价格档未知"),
    ("tblCampaign.finals", f"1{NBSP}200", "finals", "成品"),
    ("tblCampaign.retries", "1,5", "retries", "重试系数"),
    ("tblCampaign.buffer", "20", "buffer", "缓冲"),
    ("tblCampaign.prompt_tokens", "a prompt", "prompt tokens", "提示词词元"),
    ("tblCampaign.reference_images", "17", "reference images", "参考图"),
    ("tblActuals.date", "02.11.2026", "date", "日期"),
    ("tblActuals.model", "dall-e-3", "model unknown", "模型未知"),
    ("tblActuals.size", "big", "size not readable", "尺寸无法读取"),
    ("tblActuals.quality", "hd", "quality unknown", "质量未知"),
    ("tblActuals.generations", "30.5", "generations", "生成数"),
    ("tblActuals.accepted", "all", "accepted finals", "验收成品数"),
    ("tblActuals.input_tokens", "36,300 t", "input tokens", "输入词元"),
    ("tblActuals.output_tokens", "0.5", "output tokens", "输出词元"),
    ("tblActuals.billed", "€5.80", "billed is not a number", "账单金额不是数字"),
    ("tblActuals.billed", "-5", "billed is negative", "账单金额为负"),
]
"""What is pasted into a row, and what its check says."""
NO_MISTAKES: list[tuple[Pasted, str]] = [
    ({"model": "gpt-image-2.6-flare", "plan": "none"}, "▲"),  # an estimate, which is said
    ({"model": "gpt-image-1", "ratio": "1:1"}, "▲"),  # shut down soon, which is said
    ({"ratio": f" 4:5{NBSP}", "quality": "高", "tier": "Batch"}, "✔"),
    ({"use_measured": "yes"}, "▲"),  # and examples are not measured
    ({"currency": "CNY", "units_per_usd": "0.9", "rate_currency": "USD"}, "▲"),
    ({"tblCampaign.size.3": f"1024{NBSP}x{NBSP}1280"}, "✔"),
    ({"stage_size": "\uff17\uff16\uff18x960"}, "✔"),
    ({"tblActuals.date.2": "2026-11-02T23:30:00-05:00"}, "✔"),
]
"""What is pasted that is no mistake, and the mark of the light."""


class Calc(NamedTuple):
    """The workbook of a language, open in LibreOffice."""

    office: LibreOffice
    built: Built
    words: Words
    html: Path

    def after(self, pasted: Pasted) -> dict[str, dict[str, Seen]]:
        """Return what is seen after texts were pasted; then they are taken back."""
        at = {input_addresses(self.built)[name]: text for name, text in pasted.items()}
        before = dict(zip(at, self.office.read([*at]), strict=True))
        for address, text in at.items():
            self.office.paste(address, self._said(text))
        self.office.show(self.html)
        self.office.set_cells(before)
        return read_cells(self.html)

    def _said(self, text: str) -> str:
        """Return a word of a list as it is called in the language."""
        return self.words.fill(f"«{text}»") if text in {"custom", "none", "yes"} else text

    def place(self, name: str) -> tuple[str, str]:
        """Return sheet and cell of an input or a computed cell."""
        computed = {known: at for at, known in self.built.formulas.items()}
        return self.built.inputs.get(name) or computed[name]

    def red(self, seen: Mapping[str, Mapping[str, Seen]]) -> set[tuple[str, str]]:
        """Return the cells that are red, but for those of Checks."""
        return {
            (sheet, cell)
            for sheet, cells in seen.items()
            for cell, one in cells.items()
            if one.fill == RED and sheet != self.words("Checks")
        }

    def clicked(self, seen: Mapping[str, Mapping[str, Seen]]) -> list[str]:
        """Return where a click on each rule of Checks goes that is red."""
        cells = seen[self.words("Checks")]
        red = [cell for cell, one in cells.items() if one.fill == RED]
        return [self.office.follow(cells[f"B{cell[1:]}"].link) for cell in red]


@pytest.fixture(scope="module", params=LANGUAGES)
def calc(
    request: pytest.FixtureRequest,
    libreoffice: LibreOffice,
    tmp_path_factory: pytest.TempPathFactory,
) -> Calc:
    folder = tmp_path_factory.mktemp("pasted")
    built = built_in(request.param)
    open_in(libreoffice, built, folder)
    return Calc(libreoffice, built, Words(request.param), folder / "seen.html")


@pytest.mark.parametrize(("pasted", "red", "english", "chinese"), BESIDE[:: many(3, 1)])
def test_a_mistake_on_the_worksheet_is_told_beside_the_one_red_cell(
    calc: Calc, pasted: Pasted, red: str, english: str, chinese: str
) -> None:
    seen = calc.after(pasted)
    beside, cell = calc.place(f"says_{red}"), calc.place(red)
    assert calc.red(seen) == {cell, beside}
    assert seen[beside[0]][beside[1]].text == (english if calc.words.lang == "en" else chinese)
    (clicked,) = calc.clicked(seen)
    assert clicked in {input_addresses(calc.built)[name] for name in pasted} | {
        input_addresses(calc.built)[red]
    }


@pytest.mark.parametrize(("name", "text", "english", "chinese"), IN_ROWS[:: many(3, 1)])
def test_a_mistake_in_a_row_is_told_in_its_check_beside_the_one_red_cell(
    calc: Calc, name: str, text: str, english: str, chinese: str
) -> None:
    table, row = name.split(".", maxsplit=1)[0], 2
    seen = calc.after({f"{name}.{row}": text})
    check, cell = calc.place(f"{table}.check.{row}"), calc.place(f"{name}.{row}")
    assert calc.red(seen) == {cell, check}
    assert seen[check[0]][check[1]].text == (english if calc.words.lang == "en" else chinese)
    (clicked,) = calc.clicked(seen)
    assert clicked.startswith(f"'{cell[0]}'!{check[1][0]}")
    listed = [one.text for one in seen[calc.words("Checks")].values()]
    assert check[1][1:] in listed
    assert any(said.startswith(f"{seen[check[0]][check[1]].text}: ") for said in listed)


@pytest.mark.parametrize(("pasted", "mark"), NO_MISTAKES[:: many(2, 1)])
def test_what_is_no_mistake_turns_nothing_red(calc: Calc, pasted: Pasted, mark: str) -> None:
    seen = calc.after(pasted)
    assert calc.red(seen) == set()
    sheet, light = calc.place("status")
    assert seen[sheet][light].text.startswith(mark)


def test_two_mistakes_are_two_red_cells(calc: Calc) -> None:
    wrong = {"ratio": "custom", "custom_width": "1920", "custom_height": "1080", "retries": "0.5"}
    seen = calc.after(wrong)
    names = ("custom_height", "retries")
    assert calc.red(seen) == {calc.place(f"{of}{name}") for name in names for of in ("", "says_")}
    sheet, light = calc.place("status")
    assert seen[sheet][light].text.startswith("✘ 2")


def test_every_wrong_row_counts_and_a_day_to_come_is_amber(calc: Calc) -> None:
    rows = {f"tblCampaign.model.{i}": "dall-e-3" for i in range(3)}
    seen = calc.after(rows | {"tblActuals.date.1": "2064-01-01"})
    sheet, light = calc.place("status")
    assert seen[sheet][light].text.startswith("✘ 3")
    sheet, cell = calc.place("tblActuals.date.1")
    check = calc.place("tblActuals.check.1")
    assert seen[sheet][cell].fill == AMBER
    assert seen[sheet][check[1]].text == calc.words("▲ a day to come")
