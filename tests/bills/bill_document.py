"""What ``xl-pricing bill`` says of files, as a document."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from xl_pricing.cli.main import main


def read(*files: Path | str, model: str | None = None, options: tuple[str, ...] = ()) -> Any:
    """Return the document of a call that can read its files."""
    named = ("--model", model) if model else ()
    result = CliRunner().invoke(main, ["bill", *map(str, files), *named, *options, "--json"])
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)
