"""Render sheets and task pane to the README's pictures: ``python tests/picture.py``.

Needs LibreOffice, pdftoppm, Chromium and ImageMagick; run it by hand when their looks change.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from hosts.chromium import Chromium
from hosts.libreoffice import LibreOffice
from hosts.pane_page import Pane
from hosts.programs import require
from that_day import put, stop_the_clock

from workbook_templates.build import build

FOLDER = Path(__file__).parents[1] / ".github"
TITLE = "What will these images cost?"


class Picture(NamedTuple):
    """A picture: what is typed for it, and the part of the page, in px at 110 dots per inch.

    The page is the one that has the title.
    """

    name: str
    crop: tuple[str, ...]
    typed: Mapping[str, str | float] = {}
    title: str = TITLE


PICTURES = (
    Picture("worksheet", ("-x", "26", "-y", "42", "-W", "1236", "-H", "545")),
    Picture(
        "mistake",
        ("-x", "25", "-y", "35", "-W", "672", "-H", "540"),
        {
            "ratio": "custom",
            "custom_width": 1920,
            "custom_height": 1080,
            "quality": "hihg",
            "retries": 0.5,
            "currency": "EUR",
        },
    ),
    Picture(
        "summary",
        ("-x", "44", "-y", "42", "-W", "822", "-H", "830"),
        {
            "project": "Spring catalogue",
            "owner": "Creative operations",
            "version": "2",
            "finals": 160,
            "retries": 1.8,
        },
        "Budget for generated images",
    ),
)


PANE_PX = (320, 740)
PANES = (
    ("explain", "light", "en-US"),
    ("calculator", "light", "en-US"),
    ("sizes", "dark", "zh-CN"),
)
"""What stands side by side in the picture of the pane: tab, colours, language."""
CELL = {"formula": '=IMGCOST("4:5","high","gpt-image-2",,180,2)', "value": 0.2}


def main() -> None:
    """Draw all pictures."""
    stop_the_clock(put)
    worksheets()
    panes()


def panes() -> None:
    """Draw the panes twice as fine, and put them side by side."""
    with tempfile.TemporaryDirectory() as folder, Chromium() as browser:
        drawn = [Path(folder, f"{tab}.png") for tab, _, _ in PANES]
        for path, (tab, scheme, language) in zip(drawn, PANES, strict=True):
            sheet = {"active": "Sheet1!C4", "cells": {"Sheet1!C4": CELL}}
            pane = Pane(browser, scheme=scheme, language=language, sheet=sheet)
            pane.resize(*PANE_PX, scale=2)
            pane.wait_until("document.querySelector('#found .card') !== null")
            pane.wait_until("document.getElementById('formula').textContent !== ''")
            pane.wait_until("document.querySelector('.explained table') !== null")
            pane.show(tab)
            pane.picture(path)
        frame = [*("-bordercolor", "#d0d7d3", "-border", "2")]
        frame += ["-bordercolor", "white", "-border", "12"]
        command = [require("convert"), *map(str, drawn), *frame, "+append"]
        command += ["+dither", "-colors", "128", "-strip"]
        subprocess.run([*command, str(FOLDER / "pane.png")], check=True, timeout=60)


def worksheets() -> None:
    """Write the template, type what a picture shows, print it, keep the part with ink."""
    with tempfile.TemporaryDirectory() as folder, LibreOffice() as office:
        workbook, pdf = Path(folder, "budget.xlsx"), Path(folder, "budget.pdf")
        built = build()
        workbook.write_bytes(built.data)
        for picture in PICTURES:
            office.open(workbook)
            places = {name: "'{}'!{}".format(*built.inputs[name]) for name in picture.typed}
            office.set_cells({places[name]: value for name, value in picture.typed.items()})
            office.recalculate()
            office.render(pdf)
            number = page_of(pdf, picture.title)
            page = ("-f", number, "-l", number, "-singlefile", "-r", "110", "-png")
            target = str(FOLDER / picture.name)
            command = [require("pdftoppm"), *page, *picture.crop, str(pdf), target]
            subprocess.run(command, check=True, timeout=60)


def page_of(pdf: Path, title: str) -> str:
    """Return the number of the page that has the title."""
    command = [require("pdftotext"), str(pdf), "-"]
    text = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
    pages = text.split("\f")
    return str(next(number for number, page in enumerate(pages, 1) if title in page))


if __name__ == "__main__":
    main()
