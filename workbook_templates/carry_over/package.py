"""The parts of a workbook's file that others wrote: bounded, and parsed without any entity.

Nothing of the file is run, and no part is held as a whole: expat tells its elements one by one.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

from xl_pricing.errors import InvalidValueError
from xl_pricing.files import read_bounded

MOST_BYTES = 30_000_000
MOST_UNZIPPED = 300_000_000
"""Bytes of all parts: 5,000 lines that LibreOffice saved are 140 million."""
MOST_PARTS = 2_000
MOST_ELEMENTS = 4_000_000
"""Elements of all parts that are read: 5,000 lines have a million, which takes three seconds."""
MOST_TEXT = 100_000
"""Characters of a text that are kept; a cell holds 32,767."""

_CHUNK = 65_536
_MOST_SILENT_CHUNKS = 32
_WORKBOOK = "xl/workbook.xml"
_ACCEPTED = "accepted: a workbook of xl-pricing in .xlsx or .xlsm"
_SAVE_AS = "open it in Excel or LibreOffice and save it as .xlsx"
_UNLOCK = "open it in Excel, empty the password in File, Info, Protect Workbook, and save it"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError),
    *(NotImplementedError, OSError, RuntimeError, UnicodeError),
)
"""What a damaged file raises in zipfile, and in expat."""

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str, str], None]


class Package:
    """The zip file of a workbook; ``name`` is what sentences call it."""

    def __init__(self, path: Path) -> None:
        """Open a file; raise `InvalidValueError` for one that is no workbook, or too large."""
        self.name = path.name
        data = _read(path)
        if not data.startswith(_ZIP):
            raise InvalidValueError(f"{self.name} {_other_kind(data)}")
        with self._whole():
            self._archive = zipfile.ZipFile(BytesIO(data))
        self._refuse_large(self._archive.infolist())
        self._parts = {part.filename for part in self._archive.infolist()}
        if _WORKBOOK not in self._parts:
            raise InvalidValueError(f"{self.name} {_other_zip(self._parts)}")
        self._elements = 0

    def __contains__(self, part: str) -> bool:
        """Tell whether there is a part of that name."""
        return part in self._parts

    def parse(self, part: str, start: Start, end: End) -> None:
        """Tell the elements of a part, without prefixes: attributes first, at their end the text.

        Raises `InvalidValueError` for what is no XML, has a document type or is out of bounds.
        """
        hears = _Hears(start, end)
        # Whatever the part declares: every program writes UTF-8.
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = hears.start, hears.end
        parser.CharacterDataHandler = hears.text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        silent, before = 0, 0
        with self._whole(), self._archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk)
                silent = 0 if hears.events > before else silent + 1
                before = hears.events
                if silent > _MOST_SILENT_CHUNKS or self._elements + hears.elements > MOST_ELEMENTS:
                    raise self._too_large(f"over {MOST_ELEMENTS:,} elements, or one without end")
            parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
        self._elements += hears.elements

    def _refuse_doctype(self, *_declared: object) -> None:
        raise InvalidValueError(
            f"{self.name} declares a document type, which no workbook does; {_ACCEPTED}"
        )

    def _refuse_large(self, parts: list[zipfile.ZipInfo]) -> None:
        unzipped = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS:
            raise self._too_large(f"{len(parts):,} parts instead of at most {MOST_PARTS:,}")
        if unzipped > MOST_UNZIPPED:
            raise self._too_large(f"{unzipped:,} bytes unzipped instead of {MOST_UNZIPPED:,}")

    def _too_large(self, told: str) -> InvalidValueError:
        return InvalidValueError(f"{self.name} has {told}; {_ACCEPTED}")

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Tell of a damaged file in a sentence, whatever the damage."""
        try:
            yield
        except InvalidValueError:
            raise
        except _DAMAGE as error:
            raise InvalidValueError(
                f"{self.name} is damaged ({error}); {_ACCEPTED}: {_SAVE_AS}"
            ) from None


class _Hears:
    """Hears expat, and counts what it hears."""

    def __init__(self, start: Start, end: End) -> None:
        self._start, self._end = start, end
        self._text: list[str] = []
        self._length = 0
        self.events = self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.events += 1
        self.elements += 1
        self._forget()
        self._start(_local(name), {_local(key): value for key, value in attributes.items()})

    def text(self, text: str) -> None:
        self.events += 1
        if self._length < MOST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        self.events += 1
        self._end(_local(name), "".join(self._text))
        self._forget()

    def _forget(self) -> None:
        self._text.clear()
        self._length = 0


def _local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def _read(path: Path) -> bytes:
    try:
        return read_bounded(path, MOST_BYTES)
    except OSError as error:
        raise InvalidValueError(
            f"{path.name} cannot be read: {error.strerror or error}; {_ACCEPTED}"
        ) from None


def _other_kind(data: bytes) -> str:
    """Say what a file is that is no zip, and what to do with it."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            return f"is protected by a password; {_ACCEPTED}: {_UNLOCK}"
        return f"is an old Excel workbook (.xls); {_ACCEPTED}: {_SAVE_AS}"
    return f"is no Excel workbook; {_ACCEPTED}"


def _other_zip(parts: set[str]) -> str:
    """Say what a zip is that has no workbook in it, and what to do with it."""
    if "xl/workbook.bin" in parts:
        return f"is a binary workbook (.xlsb); {_ACCEPTED}: {_SAVE_AS}"
    if "content.xml" in parts:
        return f"is an OpenDocument file (.ods); {_ACCEPTED}: {_SAVE_AS}"
    return f"is a zip file without a workbook; {_ACCEPTED}"
