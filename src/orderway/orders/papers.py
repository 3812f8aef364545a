"""The printed papers of orders: the receipt (we have it) and the order confirmation (the contract)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from orderway.documents.papers import Letter

_HERE = Path(__file__).parent / "papers"

PAPERS: Mapping[str, Path] = MappingProxyType(
    {"order_confirmation": _HERE / "order_confirmation.typ", "receipt": _HERE / "receipt.typ"}
)


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line as it stands in the order; `unit` is a UN/ECE Recommendation 20 code, `price` that of `per` units, net.

    `promised_on` is the day we promise, `wished_on` the day the customer asked for.
    """

    position: str
    name: str
    quantity: Decimal
    unit: str
    item: str = ""
    customer_item: str = ""
    description: str = ""
    price: Decimal | None = None
    per: Decimal = Decimal(1)
    discount: Decimal | None = None  # percent
    amount: Decimal | None = None
    promised_on: date | None = None
    wished_on: date | None = None


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One rate of the order's tax: percent, what it is charged on, how much."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ConfirmationPaper:
    """The order confirmation (SE-13, SP-04, GD-07): every line with its promised day, sums, delivery, tracking link.

    Amounts in `currency` at its minor unit; `adjustments` are (reason, signed amount) on the whole order.
    """

    letter: Letter
    currency: str
    lines: tuple[OrderedLine, ...]
    net: Decimal
    taxes: tuple[TaxRow, ...]
    gross: Decimal
    adjustments: tuple[tuple[str, Decimal], ...] = ()
    reference: str = ""
    ordered_on: date | None = None
    delivery_on: date | None = None
    ship_to: tuple[str, ...] = ()
    shipping: str = ""
    instruction: str = ""
    tracking: str = ""
    terms: str = ""
    remark: str = ""
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """The receipt of an order: what came in, when (aware, UTC, shown in the company's `zone`), which way and what next.

    It is no acceptance of the order (BGB §312i(1) no. 3: the receipt is confirmed without delay).
    """

    letter: Letter
    received_at: datetime
    channel: str
    lines: tuple[OrderedLine, ...] = ()
    reference: str = ""
    documents: tuple[str, ...] = ()
    answer_by: date | None = None
    zone: str = "UTC"
    tracking: str = ""
