"""The code itself: arrows that run one way, and what may not be imported or called."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "xl_pricing"
ORDER = (
    *("xl_pricing.errors", "xl_pricing.words", "xl_pricing.files", "xl_pricing.written"),
    *("xl_pricing.written_days", "xl_pricing.collector"),
    "xl_pricing.estimation",
    *("xl_pricing.rates", "xl_pricing.functions", "xl_pricing.planning", "xl_pricing.bills"),
    "workbook_templates",
    *("xl_pricing.hosts", "xl_pricing.excel", "xl_pricing.cli"),
)
"""A layer may import itself, those before it, and the standard library."""
FEWER = {
    "xl_pricing.words": set(),
    "xl_pricing.written": {"xl_pricing.errors", "xl_pricing.words"},
    "xl_pricing.written_days": {"xl_pricing.errors", "xl_pricing.words"},
    "xl_pricing.collector": set(),
    "xl_pricing.estimation": {"xl_pricing.errors", "xl_pricing.words"},  # pure arithmetic
    "xl_pricing.excel": {"xl_pricing.hosts"},  # a name and nothing else
}
"""What a layer may import where that is less."""
LAYERS = {layer: FEWER.get(layer, {*ORDER[:i]}) for i, layer in enumerate(ORDER)}
LIBRARIES = {
    "xl_pricing.rates": {"pydantic", "pydantic_core", "filelock", "httpx2", "truststore"},
    "xl_pricing.bills": {"duckdb", "pyspark"},  # an extra; for its types, the user has it
    "workbook_templates": {"openpyxl", "pyopenvba"},
    "xl_pricing.hosts": {
        *("xlwings", "pydantic", "openpyxl"),  # openpyxl for cells' addresses
        *("uno", "unohelper", "com", "org"),  # those of LibreOffice, in its own Python
    },
    "xl_pricing.cli": {"click", "tabulate", "PIL"},
}
ROOMS = {
    "workbook_templates.book": {"openpyxl"},  # how a workbook is made: knows nothing of images
}
"""What a room of the generator may import beside itself."""
EVALUATOR = [
    f"workbook_templates.formulas.{module}"
    for module in (
        *("parse", "values", "references", "scope", "compiler", "special", "by_cell"),
        *("functions", "text_functions", "lookup", "calculation"),
    )
]
"""The modules that compute formulas: they know no sheet, and no price."""
CLOCKS = {
    "progress.py": "a person who waits is told so often",
    "day.py": "the day is asked for so often",
    "fetch.py": "a document may take so long",
    "store.py": "the disk is asked so often for a new card",
}
NOT_PURE = {"io", "os", "pathlib", "socket", "ssl", "urllib", "http", "subprocess", "json", "csv"}


def sources(layer: str) -> list[Path]:
    path = ROOT.joinpath(*layer.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the arrows"
            assert node.module
            yield node.module


def layer_of(module: str) -> str:
    depth = 2 if module.startswith("xl_pricing.") else 1
    return ".".join(module.split(".")[:depth])


OURS = ("xl_pricing", "workbook_templates")


@pytest.mark.parametrize("layer", LAYERS)
def test_arrows_run_one_way(layer: str) -> None:
    allowed = LAYERS[layer] | {layer}
    for path in sources(layer):
        ours = {layer_of(name) for name in imports(path) if name.partition(".")[0] in OURS}
        assert ours - {"xl_pricing"} <= allowed, path


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_generator_imports_only_what_it_may(room: str) -> None:
    for path in sources(room):
        for name in imports(path):
            root = name.partition(".")[0]
            known = root in sys.stdlib_module_names or name.startswith(room)
            assert known or root in ROOMS[room], f"{path} imports {name}"


@pytest.mark.parametrize("module", EVALUATOR)
def test_the_evaluator_shares_nothing_with_the_core_but_arithmetic(module: str) -> None:
    for name in imports(*sources(module)):
        allowed = name in {*EVALUATOR, "workbook_templates.formulas"}
        allowed |= name.partition(".")[0] in sys.stdlib_module_names
        assert allowed or name.startswith(("xl_pricing.estimation", "openpyxl.utils")), name


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_the_libraries_it_may(layer: str) -> None:
    for path in sources(layer):
        roots = {name.partition(".")[0] for name in imports(path)}
        others = roots - sys.stdlib_module_names - set(OURS)
        assert others <= LIBRARIES.get(layer, set()), path


def test_the_layers_point_downwards_only() -> None:
    below: set[str] = set()
    for layer, allowed in LAYERS.items():
        assert allowed <= below, layer
        below.add(layer)


def test_outcomes_are_judged_by_the_core_alone() -> None:
    """What the workbook must answer is told without a name or formula of the workbook."""
    room = ROOT / "tests" / "workbook" / "outcomes"
    for path in sorted(room.glob("*.py")):
        for name in imports(path):
            root = name.partition(".")[0]
            assert root in {*sys.stdlib_module_names, "outcomes", "xl_pricing"}, f"{path}: {name}"


def test_estimation_touches_neither_files_nor_the_network() -> None:
    for path in sources("xl_pricing.estimation"):
        assert {name.partition(".")[0] for name in imports(path)} & NOT_PURE == set(), path
        called = {node.func.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert called & {"open", "exec", "eval", "input", "print", "__import__"} == set(), path


def test_nothing_is_volatile_or_stateful() -> None:
    """No function reads a clock but for the user's day, and none draws a random number."""
    for path in sorted(CORE.rglob("*.py")):
        clock = {"time"} if path.name in CLOCKS else set()
        assert {"random", "secrets", "time"} & set(imports(path)) <= clock, path


def test_the_day_is_read_in_one_place() -> None:
    reads = {
        path.relative_to(ROOT).as_posix()
        for layer in OURS
        for path in sources(layer)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"today", "now", "utcnow"}
    }
    assert reads == {"xl_pricing/rates/day.py"}


def test_every_module_says_what_it_holds() -> None:
    for path in sorted(CORE.rglob("*.py")):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
