"""From lines to a bill and its sums, as the commands write it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.catalog.sums import Tax, Totals, share, totals

ZERO = Decimal(0)


class BillLine(NamedTuple):
    """A line of a bill that is not written yet; `order_line` None stands for a prepayment."""

    position: int
    order_line: int | None
    item_number: str
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    per: Decimal
    discount: Decimal
    net: Decimal
    tax_category: str
    tax_rate: Decimal


class Taken(NamedTuple):
    """What a bill takes off a paid prepayment invoice."""

    prepayment: int
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill with its sums (EN 16931 BT-109 to BT-115): `due` = `gross` - `prepaid`."""

    lines: tuple[BillLine, ...]
    sums: Totals
    taken: tuple[Taken, ...] = ()


def bill(lines: Sequence[BillLine], currency: str, prepayments: Sequence[Any] = ()) -> Bill:
    """The bill over `lines`, less what `prepayments` (rows of prepayment_id, net, tax still to deduct) have paid already.

    A prepayment is taken off as far as the bill reaches; the rest waits for the next one.
    """
    nets = [(Tax(line.tax_category, line.tax_rate), line.net) for line in lines]
    gross = totals(nets, currency).gross
    taken: list[Taken] = []
    for row in prepayments:
        left = gross - sum((t.net + t.tax for t in taken), ZERO)
        if left > 0:
            taken.append(_taken(row, left, currency))
    prepaid = sum((t.net + t.tax for t in taken), ZERO)
    return Bill(tuple(lines), totals(nets, currency, prepaid=prepaid), tuple(taken))


def _taken(row: Any, left: Decimal, currency: str) -> Taken:
    gross = row.net + row.tax
    if gross <= left:
        return Taken(row.prepayment_id, row.net, row.tax)
    tax = share(left, row.tax * 100 / gross, currency)
    return Taken(row.prepayment_id, left - tax, tax)


def prepayment_lines(rows: Sequence[Any], percent: Decimal, currency: str, words: str) -> list[BillLine]:
    """One line a tax rate: `percent` of what the order's lines (net, tax_category, tax_rate) come to."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for row in rows:
        tax = (row.tax_category, row.tax_rate)
        sums[tax] = sums.get(tax, ZERO) + row.net
    lines = []
    for position, ((category, rate), net) in enumerate(sums.items(), 1):
        part = share(net, percent, currency)
        lines.append(
            BillLine(position, None, "", words, Decimal(1), "C62", part, Decimal(1), ZERO, part, category, rate)
        )
    return lines
