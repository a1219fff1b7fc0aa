"""A file of rows under a header, whatever the delimiter: each row with its line, or why it can't be read."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import Trouble
from deploy.purchases.purchase import Refused

DELIMITERS = (",", ";", "\t", "|")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns in the file's own spelling, and its text."""

    columns: tuple[str, ...]
    delimiter: str
    text: str

    def rows(self) -> Iterator[tuple[int, Row | Refused]]:
        """(line, row) for every row that is not blank; the row's keys are the columns in lower case."""
        reader = csv.reader(lines_of(self.text), delimiter=self.delimiter)
        next(reader)
        names = [fold(column) for column in self.columns]
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, Refused(line, str(error))
                continue
            if any(cell.strip() for cell in cells):
                yield line, self._row(line, cells, names)

    def _row(self, line: int, cells: list[str], names: list[str]) -> Row | Refused:
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(names):
            return Refused(line, f"{len(cells)} columns where the header has {len(names)}")
        if any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
            return Refused(
                line, "holds bytes that are not of the file's encoding (--encoding, such as latin-1)"
            )
        return dict(zip(names, cells, strict=True))


def lines_of(text: str) -> Iterator[str]:
    """Line by line with its end, and no copy of the whole: a log may have a million rows."""
    if "\r" in text.replace("\r\n", ""):
        yield from io.StringIO(text, newline="")
        return
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def fold(column: str) -> str:
    """The name by which a column is found: case and outer spaces don't count."""
    return column.strip().casefold()


def open_sheet(path: Path, wanted: Mapping[str, str], encoding: str = "utf-8") -> Sheet:
    """The file with the delimiter under which all wanted columns appear.

    `wanted` maps each to the option that names it.
    Trouble: no file, no rows, no such columns, or one of them twice.
    """
    text = _text(path, encoding)
    header = next((line for line in text.splitlines() if line.strip()), "")
    found = {mark: tuple(next(csv.reader([header], delimiter=mark), ())) for mark in DELIMITERS}
    for mark, columns in found.items():
        names = [fold(column) for column in columns]
        if all(fold(column) in names for column in wanted):
            if twice := [column for column in wanted if names.count(fold(column)) > 1]:
                raise Trouble(
                    f"{path} has the column {twice[0]!r} more than once: rename the other, or name one with "
                    f"{wanted[twice[0]]}; it has: {', '.join(columns)}"
                )
            return Sheet(columns, mark, text.lstrip("\r\n"))
    columns = max(found.values(), key=len)
    names = [fold(column) for column in columns]
    missing = [f"{column!r} ({option})" for column, option in wanted.items() if fold(column) not in names]
    raise Trouble(f"{path} lacks the column {', '.join(missing)}; it has: {', '.join(columns) or 'nothing'}")


def _text(path: Path, encoding: str) -> str:
    """Bytes that don't decode are kept as marks, so that only their rows are refused."""
    try:
        raw = path.read_bytes()
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding, "surrogateescape")
    except OSError as error:
        raise Trouble(f"{path} can't be read: {error.strerror}") from None
    except (LookupError, UnicodeError) as error:
        raise Trouble(f"{path} can't be decoded: {error}; name its encoding with --encoding") from None
