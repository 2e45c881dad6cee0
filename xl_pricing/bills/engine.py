"""DuckDB, the engine for files of any size: it reads the named files and nothing else.

It is the extra ``xl-pricing[bills]``, imported where it is needed. It loads no extensions, reaches
no network, and writes nothing but what does not fit in memory, into a folder that is gone after.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXTRA = "pip install 'xl-pricing[bills]'"
"""What brings DuckDB."""
MOST_MEMORY = "380MB"
MOST_ON_DISK = "64GB"
MOST_LINE = 8 * 2**20
"""Bytes of a line in JSON; files with longer ones are for plain Python, which drops images."""
_MAGIC = frozenset("*?[]{}")


def has_engine() -> bool:
    """Tell whether DuckDB is there."""
    return find_spec("duckdb") is not None


def can_name(path: Path) -> bool:
    """Tell whether the engine can be given a file's name, which it takes for a pattern."""
    return _MAGIC.isdisjoint(str(path.absolute()))


def share_done(connection: "DuckDBPyConnection") -> float:
    """Tell how much of the query at hand is done, from 0 to 1; below 0 where there is none."""
    return float(connection.query_progress()) / 100


def literal(text: object) -> str:
    """Write a text of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name of SQL."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def engine(paths: Sequence[Path]) -> Iterator["DuckDBPyConnection"]:
    """Start the engine, which can open the files and no others, and whose settings are locked."""
    import duckdb  # noqa: PLC0415 - an extra

    with (
        TemporaryDirectory(prefix="xl-pricing-") as spill,
        duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"}) as connection,
    ):
        named = ", ".join(literal(path.absolute()) for path in paths)
        for setting in (
            "autoload_known_extensions = false",
            "allow_community_extensions = false",
            "TimeZone = 'UTC'",
            "enable_progress_bar = true",
            "enable_progress_bar_print = false",
            f"memory_limit = '{MOST_MEMORY}'",
            f"temp_directory = {literal(spill)}",
            f"max_temp_directory_size = '{MOST_ON_DISK}'",
            f"allowed_paths = [{named}]",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            connection.execute(f"SET {setting}")
        yield connection
