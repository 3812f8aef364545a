"""From the rows of an order table to drafts: columns converted, bad cells named, rows of one order number joined."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TypeVar

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft, Unreadable
from orderway.capture.readers.columns import ITEM_FIELDS, Cell, Undecided, bare, days, decimal_mark, numbers, said

T = TypeVar("T")

_MOST_NAMED = 20
_NUMBERS = ("quantity", "price", "price_base", "amount", "total")
_DAYS = ("ordered_on", "requested_on")
_OF_THE_ORDER = (
    "reference", "customer", "customer_id", "currency",
    "delivery_name", "delivery_street", "delivery_postcode", "delivery_city", "delivery_country",
)  # fmt: skip
_OF_THE_LINE = ("position", "item", "seller_item", "buyer_item", "gtin", "description", "unit", "note")
_ADDRESS = ("name", "street", "postcode", "city", "country")
_SUM_WORDS = (
    "summe",
    "gesamt",
    "gesamtsumme",
    "gesamtbetrag",
    "total",
    "grand total",
    "sum",
    "subtotal",
    "zwischensumme",
)


@dataclass(frozen=True, slots=True)
class _Bad:
    """A cell that cannot be taken: the row as a spreadsheet counts, the heading of the column, and why."""

    row: int
    heading: str
    why: str

    def place(self) -> str:
        return f"row {self.row}, column {self.heading}" if self.heading else f"row {self.row}"


@dataclass(frozen=True, slots=True)
class _Columns:
    """The table turned: each field's cells in row order and converted; `rows` has the row numbers, `headings` the
    heading of a field.
    """

    rows: list[int]
    headings: Mapping[str, str]
    texts: Mapping[str, list[str]]
    numbers: Mapping[str, list[Decimal | None]]
    days: Mapping[str, list[date | None]]


def orders(
    headings: Sequence[str], fields: Sequence[str], rows: Sequence[Sequence[Cell]], first: int
) -> tuple[OrderDraft, ...]:
    """A draft for each order number, in the order of their first rows; `first` is the row number of the first row.

    Raises `Unreadable` naming the bad cells, and `Undecided` where numbers or dates can be read in two ways.
    """
    bad: list[_Bad] = []
    kept = _kept(fields, rows, first)
    if not kept:
        raise Unreadable("there is no row below the heading", f"row {first}")
    columns = _turned(headings, fields, kept, bad)
    _find_missing(columns, bad)
    lines = _lines(columns, bad)
    drafts = tuple(_draft(number, members, lines, columns, bad) for number, members in _groups(columns).items())
    if bad:
        raise _refused(bad)
    return drafts


def _kept(fields: Sequence[str], rows: Sequence[Sequence[Cell]], first: int) -> list[tuple[int, Sequence[Cell]]]:
    """The rows that are not empty and not the table's own sum, with their numbers."""
    quantity = fields.index("quantity")
    return [
        (at, row)
        for at, row in enumerate(rows, first)
        if any(map(said, row)) and ((len(row) > quantity and said(row[quantity])) or not _is_sum(row, fields))
    ]


def _turned(
    headings: Sequence[str], fields: Sequence[str], kept: list[tuple[int, Sequence[Cell]]], bad: list[_Bad]
) -> _Columns:
    width = len(headings)
    for at, row in kept:
        if len(row) > width and any(map(said, row[width:])):
            bad.append(
                _Bad(at, "", f"{len(row)} cells where the heading has {width}: a delimiter within a cell needs quotes")
            )
    cells = list(zip_longest(*(row for _, row in kept), fillvalue=""))
    cells += [("",) * len(kept)] * (width - len(cells))
    by_field = {field: column for field, column in zip(fields, cells, strict=False) if field}
    named = {field: heading for field, heading in zip(fields, headings, strict=True) if field}
    rows = [at for at, _ in kept]
    marks = {field: decimal_mark([by_field[field]]) for field in _NUMBERS if field in by_field}
    elsewhere = set(filter(None, marks.values()))
    fallback = elsewhere.pop() if len(elsewhere) == 1 else ""

    def read_numbers(field: str) -> Callable[[Iterable[Cell]], tuple[dict[Cell, Decimal | None], dict[Cell, str]]]:
        return lambda column: numbers(column, marks[field] or fallback)

    return _Columns(
        rows,
        named,
        {field: _texts(column) for field, column in by_field.items() if field not in (*_NUMBERS, *_DAYS)},
        {
            field: _converted(rows, named.get(field, ""), by_field.get(field), read_numbers(field), bad)
            for field in _NUMBERS
        },
        {field: _converted(rows, named.get(field, ""), by_field.get(field), days, bad) for field in _DAYS},
    )


def _texts(column: Sequence[Cell]) -> list[str]:
    """The cells as texts; a column of texts only, as CSV has, needs no look at each."""
    return list(map(str.strip, column)) if set(map(type, column)) == {str} else [said(cell) for cell in column]  # type: ignore[arg-type]


def _is_sum(row: Sequence[Cell], fields: Sequence[str]) -> bool:
    """Whether a row without quantity is the table's own sum: a sum word stands in it and no item number does."""
    cells = dict(zip(fields, row, strict=False))
    if any(said(cells.get(field)) for field in ("seller_item", "buyer_item", "gtin")):
        return False
    return any(isinstance(cell, str) and cell.strip(" :").casefold() in _SUM_WORDS for cell in row)


def _converted(
    rows: list[int],
    heading: str,
    column: Sequence[Cell] | None,
    convert: Callable[[Iterable[Cell]], tuple[dict[Cell, T | None], dict[Cell, str]]],
    bad: list[_Bad],
) -> list[T | None]:
    """The column converted over its different cells; the cells that cannot be are added to `bad`."""
    if column is None:
        return [None] * len(rows)
    try:
        good, wrong = convert(column)
    except Undecided as undecided:
        row = next(
            (at for at, cell in zip(rows, column, strict=True) if undecided.stated in (said(cell), bare(said(cell)))), 0
        )
        raise Undecided(undecided.stated, f"{undecided.reason} (row {row}, column {heading})") from undecided
    if wrong:
        bad.extend(_Bad(row, heading, wrong[cell]) for row, cell in zip(rows, column, strict=True) if cell in wrong)
    return [good.get(cell) for cell in column]


def _find_missing(columns: _Columns, bad: list[_Bad]) -> None:
    """Name each row without a quantity or without anything that tells the item."""
    named = {found.row for found in bad}
    items = [columns.texts[field] for field in ITEM_FIELDS if field in columns.texts]
    item_heading = next(columns.headings[field] for field in ITEM_FIELDS if field in columns.headings)
    for at, (row, quantity) in enumerate(zip(columns.rows, columns.numbers["quantity"], strict=True)):
        if quantity is None and row not in named:
            bad.append(_Bad(row, columns.headings["quantity"], "the quantity is missing"))
        if not any(column[at] for column in items):
            bad.append(_Bad(row, item_heading, "the item is missing"))


def _groups(columns: _Columns) -> dict[str, list[int]]:
    """The rows of each order number; a row without a number belongs to the number above it."""
    stated = columns.texts.get("number")
    if stated is None:
        return {"": list(range(len(columns.rows)))}
    groups: dict[str, list[int]] = {}
    number = ""
    for at, cell in enumerate(stated):
        number = cell or number
        groups.setdefault(number, []).append(at)
    return groups


def _draft(number: str, members: list[int], lines: list[LineDraft], columns: _Columns, bad: list[_Bad]) -> OrderDraft:
    stated = {
        field: _once(columns.texts[field], field, members, columns, bad) or ""
        for field in _OF_THE_ORDER
        if field in columns.texts
    }
    requested = {columns.days["requested_on"][at] for at in members}
    customer_id = stated.get("customer_id", "")
    return OrderDraft(
        number=number,
        reference=stated.get("reference") or number,
        customer=PartyDraft(name=stated.get("customer", ""), ids=(("ACCOUNT", customer_id),) if customer_id else ()),
        delivery=_delivery(stated),
        currency=stated.get("currency", ""),
        ordered_on=_once(columns.days["ordered_on"], "ordered_on", members, columns, bad),
        requested_on=requested.pop() if len(requested) == 1 else None,
        lines=tuple(lines[at] for at in members) if "position" in columns.texts else _numbered(lines, members),
        total=_once(columns.numbers["total"], "total", members, columns, bad),
    )


def _delivery(stated: Mapping[str, str]) -> PartyDraft:
    name, street, postcode, city, country = (stated.get(f"delivery_{part}", "") for part in _ADDRESS)
    return PartyDraft(name=name, street=street, postcode=postcode, city=city, country=country)


def _numbered(lines: list[LineDraft], members: list[int]) -> tuple[LineDraft, ...]:
    """The lines of one order with positions counted from 1, where the table has none."""
    return tuple(replace(lines[at], position=str(position)) for position, at in enumerate(members, 1))


def _once(column: Sequence[T], field: str, members: list[int], columns: _Columns, bad: list[_Bad]) -> T | None:
    """The one value a column has within an order; a second one is a bad cell, an empty cell is none."""
    different = {column[at] for at in members}
    different -= {"", None}
    if len(different) < 2:
        return different.pop() if different else None
    stated = [at for at in members if column[at] in different]
    wrong = next(at for at in stated if column[at] != column[stated[0]])
    bad.append(
        _Bad(
            columns.rows[wrong],
            columns.headings[field],
            f"{column[wrong]} where the order's rows above have {column[stated[0]]}",
        )
    )
    return column[stated[0]]


def _lines(columns: _Columns, bad: list[_Bad]) -> list[LineDraft]:
    """A line for each row, built column by column."""
    blank = [""] * len(columns.rows)
    text = {field: columns.texts.get(field, blank) for field in _OF_THE_LINE}
    seller = [own or item for own, item in zip(text["seller_item"], text["item"], strict=True)]
    best = [own or gtin or buyer for own, gtin, buyer in zip(seller, text["gtin"], text["buyer_item"], strict=True)]
    return list(
        map(
            LineDraft,
            text["position"], best, seller, text["buyer_item"], text["gtin"], text["description"],
            columns.numbers["quantity"], text["unit"], _unit_prices(columns, bad), columns.numbers["amount"],
            columns.days["requested_on"], text["note"],
        )
    )  # fmt: skip


def _unit_prices(columns: _Columns, bad: list[_Bad]) -> list[Decimal | None]:
    """The prices for one unit: those of a row with a price base are divided by it."""
    prices = list(columns.numbers["price"])
    for at, (price, base) in enumerate(zip(prices, columns.numbers["price_base"], strict=True)):
        if price is None or base is None or base == 1:
            continue
        if base <= 0:
            bad.append(
                _Bad(columns.rows[at], columns.headings["price_base"], f"the price base {base} is not above zero")
            )
        else:
            prices[at] = price / base
    return prices


def _refused(bad: list[_Bad]) -> Unreadable:
    """All bad cells in the order of their rows, the first 20 by name."""
    ordered = sorted(bad, key=lambda found: found.row)
    first, others = ordered[0], ordered[1:_MOST_NAMED]
    more = [f"and {len(ordered) - _MOST_NAMED} more"] if len(ordered) > _MOST_NAMED else []
    return Unreadable(
        "; ".join([first.why, *(f"{found.place()}: {found.why}" for found in others), *more]), first.place()
    )
