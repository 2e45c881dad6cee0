"""Render the worksheet to the README's picture: ``python tests/picture.py``.

Needs LibreOffice and pdftoppm; run it by hand when the worksheet's looks change.
"""

import subprocess
import tempfile
from pathlib import Path

from hosts.libreoffice import LibreOffice
from hosts.programs import require

from workbook_templates.build import write_template

PICTURE = Path(__file__).parents[1] / ".github" / "worksheet.png"
TITLE = "What will these images cost?"
# Its page without the margins, in px at 110 dots per inch.
CROP = ("-x", "26", "-y", "42", "-W", "1236", "-H", "690")


def main() -> None:
    """Write the template, print it, keep the part with ink."""
    with tempfile.TemporaryDirectory() as folder, LibreOffice() as office:
        workbook, pdf = Path(folder, "budget.xlsx"), Path(folder, "budget.pdf")
        write_template(workbook)
        office.open(workbook)
        office.render(pdf)
        number = page_of(pdf)
        page = ("-f", number, "-l", number, "-singlefile", "-r", "110", "-png")
        target = PICTURE.with_suffix("")
        command = [require("pdftoppm"), *page, *CROP, str(pdf), str(target)]
        subprocess.run(command, check=True, timeout=60)


def page_of(pdf: Path) -> str:
    """Return the number of the page that has the title."""
    command = [require("pdftotext"), str(pdf), "-"]
    text = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
    pages = text.split("\f")
    return str(next(number for number, page in enumerate(pages, 1) if TITLE in page))


if __name__ == "__main__":
    main()
