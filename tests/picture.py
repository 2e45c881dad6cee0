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
# The first page without its margins, in px at 110 dots per inch.
CROP = ("-x", "38", "-y", "48", "-W", "1200", "-H", "662")


def main() -> None:
    """Write the template, print its first sheet, keep the part with ink."""
    with tempfile.TemporaryDirectory() as folder, LibreOffice() as office:
        workbook, pdf = Path(folder, "budget.xlsx"), Path(folder, "budget.pdf")
        write_template(workbook)
        office.open(workbook)
        office.render(pdf)
        page = ("-f", "1", "-l", "1", "-singlefile", "-r", "110", "-png")
        target = PICTURE.with_suffix("")
        command = [require("pdftoppm"), *page, *CROP, str(pdf), str(target)]
        subprocess.run(command, check=True, timeout=60)


if __name__ == "__main__":
    main()
