"""The legal e-invoice: one invoice as EN 16931 says it, in the syntax UN/CEFACT CII, inside a PDF/A-3 (Factur-X 1.0).

Field names carry their business term (BT-n) or group (BG-n) of EN 16931-1. The XML and the printed paper are made from
the same `Invoice`, and both take their sums from `Invoice.totals`, so they cannot differ.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import cast

from lxml import etree

from orderway.catalog.sums import ZERO, Adjustment, Rounding, Tax, Totals, line_net, totals
from orderway.kernel.values import minor_units

EN16931 = "en16931"
NIL, NIL_MARK = "{http://www.w3.org/2001/XMLSchema-instance}nil", b"xsi:nil="

# Why no tax is charged, where the law has one reason (VATEX code list of the European Commission; BR-AE-10, BR-IC-10,
# BR-G-10, BR-O-10). German wording after UStG §14a(5) and §4 no. 1.
EXEMPTIONS = {
    "AE": ("VATEX-EU-AE", {"en": "Reverse charge", "de": "Steuerschuldnerschaft des Leistungsempfängers"}),
    "K": ("VATEX-EU-IC", {"en": "Intra-Community supply", "de": "Steuerfreie innergemeinschaftliche Lieferung"}),
    "G": ("VATEX-EU-G", {"en": "Export outside the EU", "de": "Steuerfreie Ausfuhrlieferung"}),
    "O": ("VATEX-EU-O", {"en": "Not subject to VAT", "de": "Nicht umsatzsteuerbar"}),
}
TAXED = frozenset({"S", "L", "M", "Z"})

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
        paid = sum((p.gross for p in self.prepayments), ZERO)
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


def _text(value: str) -> str:
    """`value` without the characters that XML 1.0 cannot hold (section 2.2, production Char)."""
    return _NOT_XML.sub("", value)


def _plain(value: Decimal) -> str:
    """A decimal without exponent and needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(value: Decimal) -> str:
    return f"{value:f}"


def _filled(pairs: dict[str, object]) -> dict[str, object]:
    """The entries that say something, texts cleaned."""
    cleaned = {key: _text(value) if isinstance(value, str) else value for key, value in pairs.items()}
    return {key: value for key, value in cleaned.items() if value not in ("", None, [], {})}


def _party(party: Party, with_tax: bool = True) -> dict[str, object]:
    scheme, address = party.electronic_address or ("", "")
    contact = _filled({"name": party.contact, "phone": party.phone, "email": party.email})
    return _filled(
        {
            "name": party.name,
            "identifiers": {None: _text(party.identifier)} if party.identifier else {},
            "legal_identifier": party.register,
            "vat_identifier": party.vat_id if with_tax else "",
            "tax_identifier": party.tax_number if with_tax else "",
            "addr_l1": party.street,
            "addr_l2": party.street2,
            "postcode": party.postcode,
            "city": party.city,
            "country_code": party.country,
            "einvoicing_addr": address,
            "einvoicing_addr_schemeid": scheme,
            "contacts": [contact] if party.contact and with_tax else [],
        }
    )


def _adjustment(adjustment: Adjustment, places: Decimal) -> dict[str, object]:
    data: dict[str, object] = {
        "amount": _amount(adjustment.amount.quantize(places)),
        "reason": adjustment.reason,
        "reason_code": adjustment.reason_code,
        "rate": _plain(adjustment.percent) if adjustment.percent is not None else "",
        "base_amount": _amount(adjustment.base.quantize(places)) if adjustment.base is not None else "",
    }
    if adjustment.tax is not None:
        data |= {"vat_category_code": adjustment.tax.category, "vat_rate": _rate(adjustment.tax)}
    return _filled(data)


def _rate(tax: Tax) -> str:
    """The rate (BT-119, BT-152); none outside the scope of VAT (BR-O-05)."""
    return "" if tax.category == "O" else _plain(tax.rate)


def _line(line: InvoiceLine, net: Decimal, places: Decimal) -> dict[str, object]:
    discount = line.list_price - line.price if line.list_price is not None and line.list_price > line.price else None
    return _filled(
        {
            "BT-126": line.position,
            "BT-129": _plain(line.quantity),
            "BT-130": line.unit,
            "BT-131": _amount(net),
            "BT-132": line.order_position,
            "BT-146": _plain(line.price),
            "BT-147-00": [{"BT-147": _plain(discount)}] if discount is not None else [],
            "BT-148": _plain(line.list_price) if discount is not None and line.list_price is not None else "",
            "BT-149": _plain(line.per) if line.per != 1 else "",
            "BT-151": line.tax.category,
            "BT-152": _rate(line.tax),
            "BT-153": line.name,
            "BT-154": line.description,
            "BT-155": line.item,
            "BT-156": line.customer_item,
            "BT-157": line.gtin,
            "BT-157-1": "0160" if line.gtin else "",
            "BG-27": [_adjustment(a, places) for a in line.adjustments if not a.charge],
            "BG-28": [_adjustment(a, places) for a in line.adjustments if a.charge],
        }
    )


def _notes(invoice: Invoice) -> list[dict[str, object]]:
    """The notes (BG-1); prepayments with their tax among them, for which EN 16931 has no field of its own."""
    word = {"de": "Vorauszahlung"}.get(invoice.language, "Prepayment")
    taken = [
        f"{word} {p.number} {p.issued_on.isoformat()}: {p.net:f} + {p.tax:f} = {p.gross:f} {invoice.currency}"
        for p in invoice.prepayments
    ]
    return [{"BT-22": _text(note)} for note in (*invoice.notes, *taken) if note]


def _header(invoice: Invoice) -> dict[str, object]:
    period = invoice.period or (None, None)
    account = invoice.account or Account("")
    earlier = (*invoice.preceding, *((p.number, p.issued_on) for p in invoice.prepayments))
    return {
        "BT-1": invoice.number,
        "BT-2": invoice.issued_on,
        "BT-3": invoice.kind.value,
        "BT-5": invoice.currency,
        "BT-9": invoice.due_on,
        "BT-10": invoice.buyer_reference,
        "BT-13": invoice.order_reference,
        "BT-14": invoice.sales_order,
        "BT-16": invoice.delivery_note,
        "BT-20": invoice.terms,
        "BT-72": invoice.delivered_on,
        "BT-73": period[0],
        "BT-74": period[1],
        "BT-81": ("58" if invoice.currency == "EUR" else "30") if invoice.account else "",
        "BT-83": invoice.payment_reference or invoice.number,
        "BT-84": account.iban.replace(" ", ""),
        "BT-85": account.holder,
        "BT-86": account.bic,
        "BG-1": _notes(invoice),
        "BG-3": [{"BT-25": _text(number), "BT-26": on} for number, on in earlier],
        "BG-4": _party(invoice.seller),
        "BG-7": _party(invoice.buyer),
        "BG-13": _party(invoice.ship_to, with_tax=False) if invoice.ship_to else {},
    }


def _sums(invoice: Invoice, sums: Totals, places: Decimal) -> dict[str, object]:
    taxes = []
    for row in sums.taxes:
        code, reason = exemption(invoice, row.tax.category)
        taxes.append(
            _filled(
                {
                    "BT-116": _amount(row.base),
                    "BT-117": _amount(row.amount),
                    "BT-118": row.tax.category,
                    "BT-119": _rate(row.tax),
                    "BT-120": reason,
                    "BT-121": code,
                }
            )
        )
    return {
        "BT-106": _amount(sums.line_total),
        "BT-107": _amount(sums.allowances) if sums.allowances else "",
        "BT-108": _amount(sums.charges) if sums.charges else "",
        "BT-109": _amount(sums.net),
        "BT-110": _amount(sums.tax),
        "BT-112": _amount(sums.gross),
        "BT-113": _amount(sums.prepaid) if sums.prepaid else "",
        "BT-114": _amount(sums.rounding) if sums.rounding else "",
        "BT-115": _amount(sums.due),
        "BG-20": [_adjustment(a, places) for a in invoice.adjustments if not a.charge],
        "BG-21": [_adjustment(a, places) for a in invoice.adjustments if a.charge],
        "BG-23": taxes,
    }


def business_terms(invoice: Invoice) -> dict[str, object]:
    """The invoice as one dictionary of business terms (BT) and groups (BG), ready for CII and for UBL alike."""
    sums = invoice.totals
    places = Decimal(1).scaleb(-minor_units(invoice.currency))
    lines = [_line(line, s.net, places) for line, s in zip(invoice.lines, sums.lines, strict=True)]
    return _filled(_header(invoice) | _sums(invoice, sums, places) | {"BG-25": lines})


def cii(invoice: Invoice) -> bytes:
    """The invoice as CII XML on the EN 16931 level (`urn:cen.eu:en16931:2017`). ValueError when `faults` finds any."""
    found = faults(invoice)
    if found:
        raise ValueError("; ".join(found))
    # only here, because it brings a PDF library and an HTTP client with it: a tenth of the time of every start
    from facturx.generate_xml import generate_cii_xml  # noqa: PLC0415

    terms = business_terms(invoice)
    xml = cast(bytes, generate_cii_xml(terms, level=EN16931, check_xsd=False, check_schematron=False))
    return _without_nil(xml) if NIL_MARK in xml else xml


def _without_nil(xml: bytes) -> bytes:
    """Without `xsi:nil`, which factur-x sets on an empty delivery group although the schema forbids it."""
    root = etree.fromstring(xml)
    etree.strip_attributes(root, NIL)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
