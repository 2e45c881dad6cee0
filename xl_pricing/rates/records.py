"""Records whose limits stand in their annotations, read from documents and tables.

A record is a frozen dataclass. A field is ``Annotated[type, Reads(reader)]``, a `Literal` of words,
or a record itself. The standard library alone reads them, for a price is asked for in hosts that
have nothing else; pydantic, where it reads a foreign document, takes the same limits.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from xl_pricing.errors import CardError
from xl_pricing.words import quoted

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

Record = TypeVar("Record")


@dataclass(frozen=True)
class Reads:
    """What reads a field: from what stands in a document to its value, or `ValueError`."""

    reader: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> "CoreSchema":
        """Tell pydantic the same."""
        from pydantic_core import core_schema  # noqa: PLC0415 - only pydantic asks

        return core_schema.no_info_plain_validator_function(self.reader)


class _FieldError(ValueError):
    """A field that cannot be read: ``column`` names it, with those around it."""

    def __init__(self, said: str, column: str, given: object) -> None:
        super().__init__(said)
        self.said, self.column, self.given = said, column, given


def text(most: int, least: int = 0) -> Reads:
    """Read text of so many characters, without control characters; blanks around it are cut."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("input should be a valid string")  # noqa: TRY004 - a fault of a field
        word = value.strip()
        if len(word) < least:
            raise ValueError(f"string should have at least {_characters(least)}")
        if len(word) > most:
            raise ValueError(f"string should have at most {_characters(most)}")
        if not word.isprintable():
            raise ValueError("it must have no control characters")
        return word

    return Reads(read)


def _characters(count: int) -> str:
    return f"{count} character{'s' * (count != 1)}"


def whole(least: int) -> Reads:
    """Read a whole number of at least so much."""

    def read(value: object) -> int:
        number = _decimal(value, "input should be a valid integer")
        if number != number.to_integral_value():
            raise ValueError("input should be a valid integer, got a number with a fractional part")
        if number < least:
            raise ValueError(f"input should be greater than {least - 1}")
        return int(number)

    return Reads(read)


def amount(least: Decimal, most: Decimal, digits: int) -> Reads:
    """Read an exact amount within bounds; 1e-99999999 as a fraction would take for ever."""

    def read(value: object) -> Decimal:
        number = _decimal(value, "input should be a valid decimal")
        if not least <= number <= most:
            raise ValueError(f"it must be from {least:f} to {most:,} USD")
        if len(number.as_tuple().digits) > digits:
            raise ValueError(f"it must have {digits} digits at most")
        return number

    return Reads(read)


def _decimal(value: object, said: str) -> Decimal:
    """Read a number as it is written: 0.1 is a tenth."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("decimal input should be an integer, float, string or Decimal object")  # noqa: TRY004 - a fault of a field
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(said) from None
    if not number.is_finite():
        raise ValueError("input should be a finite number")
    return number


def read_rows(kind: type[Record], rows: Sequence[Mapping[str, Any]], where: str) -> list[Record]:
    """Read rows of one kind; raise `CardError` with the first fault as a sentence."""
    return [read_row(kind, row, f"{where}, row {i}") for i, row in enumerate(rows, start=1)]


def read_row(kind: type[Record], row: object, where: str) -> Record:
    """Read one row; raise `CardError` with its first fault as a sentence."""
    try:
        return _read(kind, row)
    except _FieldError as error:
        fault = error
    raise refusal(where, fault.column, fault.given, fault.said)


def refusal(where: str, column: str, given: object, said: str) -> CardError:
    """Return the error that names a row, its column, what stands there, and what is accepted."""
    known = str(given) if isinstance(given, Decimal) else quoted(given)
    shown = "" if given is MISSING else f" {known:.60}"
    return CardError(f"{where}: {column or 'row'}{shown} is not accepted: {said}")


def columns(kind: type) -> tuple[str, ...]:
    """Return the names of a record's fields, in order."""
    return tuple(field.name for field in fields(kind))


def required(kind: type) -> tuple[str, ...]:
    """Return the names of the fields that every row must have."""
    return tuple(field.name for field in fields(kind) if field.default is MISSING)


def as_json(record: object) -> dict[str, Any]:
    """Return a record as JSON holds it: amounts and days as text."""
    return {name: _plain(getattr(record, name)) for name in columns(type(record))}


def _plain(value: object) -> object:
    if is_dataclass(value):
        return as_json(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | str | None) else str(value)


def _read(kind: type[Record], row: object) -> Record:
    if isinstance(row, kind):
        return row
    if not isinstance(row, Mapping):
        raise _FieldError(
            f"input should be a valid dictionary or instance of {kind.__name__}", "", row
        )
    readers = _readers(kind)  # type: ignore[arg-type]  # a class can be hashed
    for name in row:
        if name not in readers:
            raise _FieldError("extra inputs are not permitted", str(name), row[name])
    return kind(**dict(_values(readers, row, required(kind))))


def _values(
    readers: Mapping[str, Callable[[Any], object]], row: Mapping[str, Any], needed: Sequence[str]
) -> Iterator[tuple[str, object]]:
    for name, reader in readers.items():
        if name not in row:
            if name in needed:
                raise _FieldError("field required", name, MISSING)
            continue
        try:
            yield name, reader(row[name])
        except _FieldError as fault:
            column = f"{name}.{fault.column}" if fault.column else name
            raise _FieldError(fault.said, column, fault.given) from None
        except ValueError as error:
            said = str(error)
            raise _FieldError(said[:1].lower() + said[1:], name, row[name]) from None


@lru_cache(maxsize=64)
def _readers(kind: type) -> Mapping[str, Callable[[Any], object]]:
    """Return the reader of each field by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: _reader(hints[name]) for name in columns(kind)}


def _reader(annotation: Any) -> Callable[[Any], object]:  # noqa: ANN401 - what stands behind a field's colon
    """Return what reads a field of an annotation."""
    for limit in getattr(annotation, "__metadata__", ()):
        if isinstance(limit, Reads):
            return limit.reader
    if get_origin(annotation) is Literal:
        return one_of(get_args(annotation)).reader
    if get_origin(annotation) is tuple:
        return _each(_reader(get_args(annotation)[0]))
    return lambda value: _read(annotation, value)


def one_of(choices: Sequence[str]) -> Reads:
    """Read one of some words."""
    *most, last = map(repr, choices)
    accepted = f"{', '.join(most)} or {last}" if most else last

    def read(value: object) -> object:
        if not isinstance(value, str | int) or value not in choices:
            raise ValueError(f"input should be {accepted}")
        return value

    return Reads(read)


def _each(reader: Callable[[Any], object]) -> Callable[[Any], tuple[object, ...]]:
    """Return what reads a list of such fields."""

    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError("input should be a valid list")  # noqa: TRY004 - a fault of a field
        return tuple(map(reader, value))

    return read
