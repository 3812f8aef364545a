"""From the rows of an order table to drafts: columns converted, bad cells named, rows of one order number joined."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TypeVar

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft
from orderway.capture.readers.columns import ITEM_FIELDS, Cell, Undecided, bare, days, decimal_mark, numbers, said
from orderway.capture.reasons import Place, Reason, Unreadable, remark, shortened

T = TypeVar("T")

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


class BadCells(Exception):
    """Cells that cannot be taken: `reasons` has them in the order of their rows, the first 20 by name."""

    def __init__(self, bad: Iterable[Reason]) -> None:
        self.reasons = shortened(sorted(bad, key=lambda one: one.place.row))
        super().__init__(self.reasons)


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

    Raises `BadCells`, `Unreadable` where there are no rows, and `Undecided` where numbers or dates can be read in two ways.
    """
    bad: list[Reason] = []
    kept = _kept(fields, rows, first)
    if not kept:
        raise Unreadable("missing", Place(row=first), what="row")
    columns = _turned(headings, fields, kept, bad)
    _find_missing(columns, bad)
    lines = _lines(columns, bad)
    drafts = tuple(_draft(number, members, lines, columns, bad) for number, members in _groups(columns).items())
    if bad:
        raise BadCells(bad)
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
    headings: Sequence[str], fields: Sequence[str], kept: list[tuple[int, Sequence[Cell]]], bad: list[Reason]
) -> _Columns:
    width = len(headings)
    for at, row in kept:
        if len(row) > width and any(map(said, row[width:])):
            bad.append(remark("extra-cells", Place(row=at), cells=len(row), headings=width))
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
            field: _converted(rows, named.get(field, ""), by_field.get(field), read_numbers(field), "number", bad)
            for field in _NUMBERS
        },
        {field: _converted(rows, named.get(field, ""), by_field.get(field), days, "date", bad) for field in _DAYS},
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
    wanted: str,
    bad: list[Reason],
) -> list[T | None]:
    """The column converted over its different cells; the cells that are not what is `wanted` are added to `bad`."""
    if column is None:
        return [None] * len(rows)
    try:
        good, wrong = convert(column)
    except Undecided as undecided:
        code, found = undecided.reason.code, undecided.reason.facts["found"]
        row = next((at for at, cell in zip(rows, column, strict=True) if found in (said(cell), bare(said(cell)))), 0)
        raise Undecided(code, Place(row=row, column=heading), found=found) from undecided
    if wrong:
        bad.extend(
            remark("wrong-value", Place(row=row, column=heading), found=wrong[cell], wanted=wanted)
            for row, cell in zip(rows, column, strict=True)
            if cell in wrong
        )
    return [good.get(cell) for cell in column]


def _find_missing(columns: _Columns, bad: list[Reason]) -> None:
    """Name each row without a quantity or without anything that tells the item."""
    named = {found.place.row for found in bad}
    items = [columns.texts[field] for field in ITEM_FIELDS if field in columns.texts]
    item_heading = next(columns.headings[field] for field in ITEM_FIELDS if field in columns.headings)
    for at, (row, quantity) in enumerate(zip(columns.rows, columns.numbers["quantity"], strict=True)):
        if quantity is None and row not in named:
            bad.append(remark("missing", Place(row=row, column=columns.headings["quantity"]), what="quantity"))
        if not any(column[at] for column in items):
            bad.append(remark("missing", Place(row=row, column=item_heading), what="item"))


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


def _draft(number: str, members: list[int], lines: list[LineDraft], columns: _Columns, bad: list[Reason]) -> OrderDraft:
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


def _once(column: Sequence[T], field: str, members: list[int], columns: _Columns, bad: list[Reason]) -> T | None:
    """The one value a column has within an order; a second one is a bad cell, an empty cell is none."""
    different = {column[at] for at in members}
    different -= {"", None}
    if len(different) < 2:
        return different.pop() if different else None
    stated = [at for at in members if column[at] in different]
    wrong = next(at for at in stated if column[at] != column[stated[0]])
    place = Place(row=columns.rows[wrong], column=columns.headings[field])
    bad.append(remark("differs-above", place, found=str(column[wrong]), above=str(column[stated[0]])))
    return column[stated[0]]


def _lines(columns: _Columns, bad: list[Reason]) -> list[LineDraft]:
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


def _unit_prices(columns: _Columns, bad: list[Reason]) -> list[Decimal | None]:
    """The prices for one unit: those of a row with a price base are divided by it."""
    prices = list(columns.numbers["price"])
    for at, (price, base) in enumerate(zip(prices, columns.numbers["price_base"], strict=True)):
        if price is None or base is None or base == 1:
            continue
        if base <= 0:
            place = Place(row=columns.rows[at], column=columns.headings["price_base"])
            bad.append(remark("price-base", place, found=str(base)))
        else:
            prices[at] = price / base
    return prices
