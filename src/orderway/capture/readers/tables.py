"""Orders as tables: CSV in any delimiter and encoding, and workbooks (XLSX, XLS, ODS). One file may hold many orders.

A row is one ordered line; rows with the same order number are one order, an empty number means the number above. What
the cells mean is read from the heading words, or from a mapping of headings that was settled before.
"""

import csv
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice

import python_calamine as calamine

from orderway.capture.drafts import Reading
from orderway.capture.readers.columns import ITEM_FIELDS, Cell, Undecided, fields_of, said
from orderway.capture.readers.rows import BadCells, orders
from orderway.capture.reasons import Place, Unreadable, remark

_DELIMITERS = ";,\t|:^~#"
_HEADING_WITHIN = 15
_MOST_ROWS = 500_000
_LARGEST_WORKBOOK = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading found. `fields` has the field of each heading or an empty text; `rows` are the rows
    below the heading, `first` is the number of the first of them as a spreadsheet counts (the top row is 1).
    """

    kind: str
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    rows: tuple[Sequence[Cell], ...]
    first: int

    def knows_orders(self) -> bool:
        """Whether the columns say how much of what is ordered."""
        return "quantity" in self.fields and any(name in self.fields for name in ITEM_FIELDS)


def claims(name: str, data: bytes, mapping: Mapping[str, str] | None = None) -> bool:
    """Whether the bytes are a workbook, or a text with the headings of an order table, or a text called .csv or .tsv
    with columns.
    """
    if workbook_kind(data):
        return True
    text = _text(data[:65536])
    if "\x00" in text or not text.strip():
        return False
    _, table = _delimited(text, mapping)
    return table.knows_orders() or (name.lower().endswith((".csv", ".tsv")) and len(table.headings) > 1)


def workbook_kind(data: bytes) -> str:
    """`xlsx`, `xls` or `ods`; empty where the bytes are no workbook."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls" if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data else ""
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return "xlsx" if b"xl/workbook.xml" in data else ""
    if any(name.startswith("xl/workbook.") for name in names):
        return "xlsx"
    return "ods" if b"application/vnd.oasis.opendocument.spreadsheet" in data[:200] else ""


def table(data: bytes, mapping: Mapping[str, str] | None = None) -> Table:
    """The table in a CSV or a workbook with what its columns mean, so that a person can settle the columns that are
    not known.

    Raises `Unreadable` where the file is broken.
    """
    kind = workbook_kind(data)
    return _workbook(data, kind, mapping) if kind else _csv(data, mapping)


def read(data: bytes, mapping: Mapping[str, str] | None = None) -> Reading:
    """One draft for each order number; bad cells are named by row and column (the first 20 of them). Raises `Unreadable` where the
    file is broken.

    A table whose columns do not say how much of what is ordered, or whose numbers or dates can be read in two ways,
    goes to a person.
    """
    found = table(data, mapping)
    if not found.knows_orders():
        known = {"quantity": "quantity" in found.fields, "item": any(name in found.fields for name in ITEM_FIELDS)}
        lacking = tuple(name for name, there in known.items() if not there)
        named = tuple(repr(heading[:40]) for heading in found.headings[:30] if heading)
        return Reading("review", found.kind, (remark("no-column", what=lacking, headings=named or "none"),))
    try:
        return Reading("order", found.kind, drafts=orders(found.headings, found.fields, found.rows, found.first))
    except Undecided as undecided:
        return Reading("review", found.kind, (undecided.reason,))
    except BadCells as bad:
        return Reading("rejected", found.kind, bad.reasons)


def _text(data: bytes) -> str:
    """The text in the encoding its byte order mark, its zero bytes or its validity tells: UTF-8, UTF-16, else
    Windows-1252.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if len(data) > 3 and data[1::2].count(0) > len(data) // 3:
        return data.decode("utf-16-le", errors="replace")
    if len(data) > 3 and data[::2].count(0) > len(data) // 3:
        return data.decode("utf-16-be", errors="replace")
    cut = data if len(data) != 65536 else data[: data.rfind(b"\n") + 1] or data
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return cut.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _delimited(text: str, mapping: Mapping[str, str] | None) -> tuple[str, Table]:
    """The delimiter under which the first rows have the best heading, and that heading."""
    lines = text[:65536].splitlines(keepends=True)[: _HEADING_WITHIN + 5]
    stated = lines[0].strip() if lines else ""
    if stated.lower().startswith("sep=") and len(stated) == 5:
        return stated[4], _headed("csv", _rows("".join(lines[1:]), stated[4], strict=False), mapping)
    tried = [(mark, _headed("csv", _rows("".join(lines), mark, strict=False), mapping)) for mark in _DELIMITERS]
    return max(tried, key=lambda pair: (pair[1].knows_orders(), sum(map(bool, pair[1].fields)), _width(*pair)))


def _width(delimiter: str, found: Table) -> int:
    """How many columns a delimiter makes; one that is rare in tables must have known headings to count."""
    return len(found.headings) if delimiter in ";,\t|" else 0


def _rows(text: str, delimiter: str, strict: bool) -> list[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, _MOST_ROWS + 1))
    except csv.Error as error:
        if strict:
            place = Place(row=len(rows) + 1, line=reader.line_num)
            raise Unreadable("damaged", place, said=str(error)) from error
    return rows


def _csv(data: bytes, mapping: Mapping[str, str] | None) -> Table:
    text = _text(data)
    if "\x00" in text:
        raise Unreadable("control-character", Place(line=text.count("\n", 0, text.index("\0")) + 1), found="\\x00")
    delimiter, head = _delimited(text, mapping)
    rows = _rows(text, delimiter, strict=True)
    if rows and "".join(rows[0]).lower() in ("sep=", f"sep={delimiter}"):
        rows[0] = []
    return _headed("csv", rows, mapping) if head.headings else Table("csv", (), (), (), 1)


def _workbook(data: bytes, kind: str, mapping: Mapping[str, str] | None) -> Table:
    """The first sheet whose columns say what is ordered, else the first sheet with cells."""
    _refuse_bomb(data)
    best: Table | None = None
    try:
        with calamine.load_workbook(BytesIO(data)) as book:
            for sheet_name in book.sheet_names:
                sheet = book.get_sheet_by_name(sheet_name)
                rows = sheet.to_python(skip_empty_area=False, nrows=_MOST_ROWS + 1)
                found = _headed(kind, rows, mapping)  # type: ignore[arg-type]
                if found.knows_orders():
                    return found
                best = best or (found if found.headings else None)
    except calamine.PasswordError as error:
        raise Unreadable("password") from error
    except (
        calamine.CalamineError,
        calamine.ZipError,
        calamine.XmlError,
        calamine.WorksheetNotFound,
        ValueError,
        OSError,
    ) as error:
        raise Unreadable("damaged", said=str(error)[:200]) from error
    return best or Table(kind, (), (), (), 1)


def _refuse_bomb(data: bytes) -> None:
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable("damaged", said=str(error)[:200]) from error
    if unpacked > _LARGEST_WORKBOOK:
        raise Unreadable("too-large", most=_LARGEST_WORKBOOK, what="bytes")


def _headed(kind: str, rows: Sequence[Sequence[Cell]], mapping: Mapping[str, str] | None) -> Table:
    """The rows below the one, among the first 15, that has the most headings; the first row that is not empty where
    none has any.
    """
    if len(rows) > _MOST_ROWS:
        raise Unreadable("too-large", Place(row=_MOST_ROWS + 1), most=_MOST_ROWS, what="rows")
    best, best_score = -1, 0
    for at, row in enumerate(rows[:_HEADING_WITHIN]):
        fields = fields_of([said(cell) for cell in row], mapping)
        score = sum(map(bool, fields)) * 2 + ("quantity" in fields)
        if score > best_score or (best < 0 and any(said(cell) for cell in row)):
            best, best_score = at, score
    if best < 0:
        return Table(kind, (), (), (), 1)
    headings = tuple(said(cell) for cell in rows[best])
    return Table(kind, headings, fields_of(headings, mapping), tuple(rows[best + 1 :]), best + 2)
