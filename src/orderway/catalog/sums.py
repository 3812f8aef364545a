"""The sums of an invoice as EN 16931-1 defines them (business rules BR-CO-10 to BR-CO-17, BR-DEC-*, BR-S-08).

Pure functions over decimals. Every amount that leaves this module is at the currency's minor unit, halves away from
zero (EN 16931-1, 6.5.4), so whatever is printed is what the electronic invoice states.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orderway.kernel.values import rounded

ZERO = Decimal(0)
HUNDRED = Decimal(100)

# The official schematron lets a tax amount stray from base x rate by less than one unit of the currency (BR-CO-17).
TAX_DRIFT = Decimal(1)


class Rounding(StrEnum):
    """Where tax is rounded: once per rate over the whole document, or on each line and then added up."""

    DOCUMENT = "document"
    LINE = "line"


@dataclass(frozen=True, slots=True, order=True)
class Tax:
    """A VAT category (BT-118, UNCL 5305: S, Z, E, AE, K, G, O, L, M) with its rate in percent (BT-119)."""

    category: str
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (BG-20, BG-27) or, with `charge`, a charge (BG-21, BG-28); `amount` is positive in both cases.

    `percent` and `base` say how the amount came about (BT-94, BT-93). `tax` is needed on the document level only.
    """

    amount: Decimal
    reason: str
    charge: bool = False
    tax: Tax | None = None
    percent: Decimal | None = None
    base: Decimal | None = None
    reason_code: str = ""

    @property
    def signed(self) -> Decimal:
        """What it does to a sum: negative for an allowance."""
        return self.amount if self.charge else -self.amount


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One row of the VAT breakdown (BG-23): category and rate, taxable amount (BT-116), tax amount (BT-117)."""

    tax: Tax
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineSum:
    """What one line comes to: net (BT-131) and, for people, its tax and gross.

    Under `Rounding.LINE` the taxes of lines and document-level adjustments add up to the tax total exactly; under
    `Rounding.DOCUMENT` they are for information and need not.
    """

    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a document (BG-22) with its VAT breakdown; `policy` is the rounding that was in fact applied."""

    lines: tuple[LineSum, ...]
    line_total: Decimal  # BT-106
    allowances: Decimal  # BT-107
    charges: Decimal  # BT-108
    net: Decimal  # BT-109
    tax: Decimal  # BT-110
    gross: Decimal  # BT-112
    prepaid: Decimal  # BT-113
    rounding: Decimal  # BT-114
    due: Decimal  # BT-115
    taxes: tuple[TaxLine, ...]
    policy: Rounding


def share(base: Decimal, percent: Decimal, currency: str) -> Decimal:
    """`percent` of `base` at the minor unit: the amount of an allowance or charge (BT-92 = BT-93 x BT-94 / 100)."""
    return rounded(base * percent / HUNDRED, currency)


def line_net(
    quantity: Decimal,
    price: Decimal,
    currency: str,
    per: Decimal = Decimal(1),
    adjustments: Iterable[Adjustment] = (),
) -> Decimal:
    """Net amount of a line (BT-131): quantity x price / base quantity, less allowances, plus charges, rounded last.

    Quantities in the line's unit, `price` the net price (BT-146) of `per` units (BT-149). EN 16931-1, 6.5.4 and PEPPOL-
    EN16931-R120: the product is rounded once. ValueError when `per` is not positive.
    """
    if per <= 0:
        raise ValueError("the base quantity of a price must be positive (PEPPOL-EN16931-R121)")
    extra = sum((rounded(a.signed, currency) for a in adjustments), ZERO)
    return rounded(quantity * price / per + extra, currency)


def _by_tax(parts: Iterable[tuple[Tax, Decimal]]) -> dict[Tax, list[Decimal]]:
    """The taxable parts of a document grouped by category and rate, in a fixed order (BR-S-08 and its siblings)."""
    groups: dict[Tax, list[Decimal]] = {}
    for tax, amount in parts:
        groups.setdefault(Tax(tax.category, tax.rate.normalize()), []).append(amount)
    return {tax: groups[tax] for tax in sorted(groups, key=lambda t: (-t.rate, t.category))}


def breakdown(parts: Iterable[tuple[Tax, Decimal]], currency: str, policy: Rounding) -> tuple[TaxLine, ...]:
    """The VAT breakdown (BG-23) of taxable parts, each already at the minor unit.

    DOCUMENT: tax = base x rate / 100, rounded once (BR-CO-17). LINE: the parts' own rounded taxes added up, which
    BR-CO-17 as the official schematron checks it bears while the two stay less than one unit of the currency apart.
    """
    rows = []
    for tax, amounts in _by_tax(parts).items():
        base = sum(amounts, ZERO)
        charged = amounts if policy is Rounding.LINE else [base]
        amount = sum((share(part, tax.rate, currency) for part in charged), ZERO)
        rows.append(TaxLine(tax, base, rounded(amount, currency)))
    return tuple(rows)


def _bearable(parts: Sequence[tuple[Tax, Decimal]], currency: str) -> bool:
    """Whether rounding by line keeps every tax amount within what BR-CO-17 lets pass."""
    by_line = breakdown(parts, currency, Rounding.LINE)
    by_document = breakdown(parts, currency, Rounding.DOCUMENT)
    return all(abs(a.amount - b.amount) < TAX_DRIFT for a, b in zip(by_line, by_document, strict=True))


def totals(
    lines: Sequence[tuple[Tax, Decimal]],
    currency: str,
    *,
    adjustments: Sequence[Adjustment] = (),
    prepaid: Decimal = ZERO,
    rounding: Decimal = ZERO,
    policy: Rounding = Rounding.DOCUMENT,
) -> Totals:
    """All totals of a document from its lines (tax, net amount BT-131) and document-level adjustments.

    BR-CO-10 line total = sum of lines; BR-CO-11/12 allowances and charges = their sums; BR-CO-13 net = line total -
    allowances + charges; BR-CO-14 tax = sum of the breakdown; BR-CO-15 gross = net + tax; BR-CO-16 due = gross -
    prepaid + rounding; BR-CO-17 see `breakdown`. `prepaid` is gross (BT-113), `rounding` the cash rounding (BT-114). An
    invoice of so many lines that rounding by line would break BR-CO-17 is rounded by document: see `Totals.policy`.
    ValueError when a document-level adjustment has no tax (BR-32, BR-37).
    """
    parts = [(tax, rounded(net, currency)) for tax, net in lines]
    extras = []
    for adjustment in adjustments:
        if adjustment.tax is None:
            raise ValueError("an allowance or charge of the document needs a VAT category (BR-32, BR-37)")
        extras.append((adjustment.tax, rounded(adjustment.signed, currency)))
    if policy is Rounding.LINE and not _bearable(parts + extras, currency):
        policy = Rounding.DOCUMENT
    taxes = breakdown(parts + extras, currency, policy)
    line_total = rounded(sum((net for _, net in parts), ZERO), currency)
    allowances = sum((rounded(a.amount, currency) for a in adjustments if not a.charge), rounded(ZERO, currency))
    charges = sum((rounded(a.amount, currency) for a in adjustments if a.charge), rounded(ZERO, currency))
    net = line_total - allowances + charges
    tax = rounded(sum((row.amount for row in taxes), ZERO), currency)
    paid, cash = rounded(prepaid, currency), rounded(rounding, currency)
    sums = tuple(LineSum(n, t, n + t) for n, t in ((n, share(n, tax.rate, currency)) for tax, n in parts))
    return Totals(
        sums, line_total, allowances, charges, net, tax, net + tax, paid, cash, net + tax - paid + cash, taxes, policy
    )
