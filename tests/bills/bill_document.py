"""What ``xl-pricing bill`` says of files, as a document; and files made of lines."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from xl_pricing.cli.main import main

ROOM = Path(__file__).parents[1] / "cases" / "bills"
"""The samples, one file in each shape, and what each comes to."""
EXPECTED = json.loads((ROOM / "expected.json").read_text("utf-8"))


def run(*arguments: Path | str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["bill", *map(str, arguments)])


def read(*files: Path | str, model: str | None = None, options: tuple[str, ...] = ()) -> Any:
    """Return the document of a call that can read its files."""
    named = ("--model", model) if model else ()
    result = run(*files, *named, *options, "--json")
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)


def refused(*arguments: Path | str) -> str:
    """Return the one sentence of a call that cannot read its files."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def sample(name: str) -> str:
    """Return the text of a sample, without a byte-order mark."""
    return (ROOM / name).read_text("utf-8-sig")


def write(path: Path, content: str | bytes | Iterable[object]) -> Path:
    """Write a file: text, bytes, or a JSON value a line."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_bytes(content.encode())
    else:
        path.write_bytes("\n".join(map(json.dumps, content)).encode())
    return path


def left(bill: Any) -> dict[str, int]:
    """Return how many rows are not priced, by the reason."""
    return {each["reason"]: each["rows"] for each in bill["unpriced"]}


def assumed(bill: Any) -> dict[str, int]:
    """Return of how many rows something was assumed."""
    return {each["assumed"]: each["rows"] for each in bill["assumed"]}
