"""The legal e-invoice: one invoice as EN 16931 says it. cii.py writes it as XML, papers.py prints it, factur_x.py puts one into the other.

Field names carry their business term (BT-n) or group (BG-n) of EN 16931-1. The XML and the printed paper are made from
the same `Invoice`, and both take their sums from `Invoice.totals`, so they cannot differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from orderway.catalog.sums import ZERO, Adjustment, Rounding, Tax, Totals, line_net, totals
from orderway.kernel.values import minor_units

# Why no tax is charged, where the law has one reason (VATEX code list of the European Commission; BR-AE-10, BR-IC-10,
# BR-G-10, BR-O-10). German wording after UStG §14a(5) and §4 no. 1.
EXEMPTIONS = {
    "AE": ("VATEX-EU-AE", {"en": "Reverse charge", "de": "Steuerschuldnerschaft des Leistungsempfängers"}),
    "K": ("VATEX-EU-IC", {"en": "Intra-Community supply", "de": "Steuerfreie innergemeinschaftliche Lieferung"}),
    "G": ("VATEX-EU-G", {"en": "Export outside the EU", "de": "Steuerfreie Ausfuhrlieferung"}),
    "O": ("VATEX-EU-O", {"en": "Not subject to VAT", "de": "Nicht umsatzsteuerbar"}),
}
TAXED = frozenset({"S", "L", "M", "Z"})


class Kind(StrEnum):
    """What the document is (BT-3, UNTDID 1001)."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTED = "384"
    PREPAYMENT = "386"


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7), or with name and address alone the place of delivery (BG-13).

    `country` is ISO 3166-1 alpha-2. `electronic_address` is (EAS scheme, address): for mail ("EM", address).
    """

    name: str
    street: str
    postcode: str
    city: str
    country: str
    street2: str = ""
    vat_id: str = ""
    tax_number: str = ""
    register: str = ""
    identifier: str = ""
    electronic_address: tuple[str, str] | None = None
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line (BG-25). `unit` is of UN/ECE Recommendation 20, `price` the net price (BT-146) of `per` units (BT-149).

    `list_price` (BT-148), where higher than `price`, is printed and stated as the price before discount.
    """

    position: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    tax: Tax
    per: Decimal = Decimal(1)
    list_price: Decimal | None = None
    item: str = ""
    customer_item: str = ""
    description: str = ""
    gtin: str = ""
    order_position: str = ""
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepayment:
    """A paid prepayment invoice that this invoice takes off; net and tax are shown apart (UStG §14(5))."""

    number: str
    issued_on: date
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """What was paid, in the invoice's currency."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Tender:
    """Money that changed hands with the invoice: "cash" or "card" (UNTDID 4461, codes 10 and 48), and how much."""

    method: str
    amount: Decimal

    @property
    def code(self) -> str:
        """The payment means (BT-81)."""
        return {"cash": "10", "card": "48"}[self.method]


@dataclass(frozen=True, slots=True)
class Account:
    """Where to pay by credit transfer (BG-17): IBAN (BT-84), BIC (BT-86), holder (BT-85)."""

    iban: str
    bic: str = ""
    holder: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, prepayment invoice or credit note (EN 16931-1). Amounts in `currency`; a credit note's are positive.

    `exemptions` gives the reason (BT-120) for the categories that have none of their own, by category: above all "E".
    """

    number: str
    kind: Kind
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    language: str = "en"
    ship_to: Party | None = None
    adjustments: tuple[Adjustment, ...] = ()
    prepayments: tuple[Prepayment, ...] = ()
    cash_rounding: Decimal = ZERO
    policy: Rounding = Rounding.DOCUMENT
    due_on: date | None = None
    terms: str = ""
    delivered_on: date | None = None
    period: tuple[date, date] | None = None
    buyer_reference: str = ""
    order_reference: str = ""
    sales_order: str = ""
    delivery_note: str = ""
    preceding: tuple[tuple[str, date], ...] = ()
    account: Account | None = None
    tender: Tender | None = None
    payment_reference: str = ""
    notes: tuple[str, ...] = ()
    exemptions: tuple[tuple[str, str], ...] = ()

    @property
    def totals(self) -> Totals:
        """Every sum of the document (see `rules.totals`)."""
        nets = [
            (line.tax, line_net(line.quantity, line.price, self.currency, line.per, line.adjustments))
            for line in self.lines
        ]
        at_once = self.tender.amount if self.tender else ZERO
        paid = sum((p.gross for p in self.prepayments), at_once)
        return totals(
            nets,
            self.currency,
            adjustments=self.adjustments,
            prepaid=paid,
            rounding=self.cash_rounding,
            policy=self.policy,
        )


def exemption(invoice: Invoice, category: str) -> tuple[str, str]:
    """(VATEX code or "", reason) why `category` bears no tax here (BT-121, BT-120); ("", "") when it does."""
    if category in TAXED:
        return "", ""
    given = dict(invoice.exemptions).get(category, "")
    code, texts = EXEMPTIONS.get(category, ("", {}))
    return code, given or texts.get(invoice.language, texts.get("en", ""))


def faults(invoice: Invoice) -> tuple[str, ...]:
    """What keeps the invoice from being a legal e-invoice, each as the id of the broken rule and a word; () when sound.

    Checked here are the rules that depend on master data (EN 16931-1, 6.4); the rest holds by construction.
    """
    return tuple(_faults(invoice))


def _faults(invoice: Invoice) -> Iterator[str]:
    categories = {line.tax.category for line in invoice.lines} | {a.tax.category for a in invoice.adjustments if a.tax}
    seller, buyer = invoice.seller, invoice.buyer
    if not invoice.lines:
        yield "BR-16 the invoice has no line"
    if not (seller.vat_id or seller.tax_number or seller.register):
        yield "BR-CO-26 the seller has no VAT id, tax number or register entry"
    if categories - {"O"} and not (seller.vat_id or seller.tax_number):
        yield "BR-S-02 the seller has neither VAT id nor tax number"
    if categories & {"AE", "K"} and not buyer.vat_id:
        yield "BR-AE-02 the buyer has no VAT id"
    if "O" in categories and len(categories) > 1:
        yield "BR-O-11 lines outside of VAT stand beside others"
    if "K" in categories and not (invoice.delivered_on or invoice.period):
        yield "BR-IC-11 the date of delivery is missing"
    for category in sorted(categories - TAXED):
        if not any(exemption(invoice, category)):
            yield f"BR-{category}-10 the reason for the exemption is missing"
    if any(line.tax.rate for line in invoice.lines if line.tax.category not in {"S", "L", "M"}):
        yield "BR-Z-05 a rate stands where the category bears none"
    if invoice.totals.due > 0 and not (invoice.due_on or invoice.terms) and invoice.kind is not Kind.CREDIT_NOTE:
        yield "BR-CO-25 neither due date nor terms of payment"
    if minor_units(invoice.currency) > 2:
        yield f"BR-DEC-09 {invoice.currency} has more than two decimals"
    if any(line.price < 0 for line in invoice.lines):
        yield "BR-27 a price is negative"
