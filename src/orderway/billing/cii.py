"""An invoice as its business terms and as Cross Industry Invoice (UN/CEFACT CII D16B), the XML that lies in the paper."""

import re
from decimal import Decimal
from typing import cast

from lxml import etree

from orderway.catalog.sums import Adjustment, Tax, Totals
from orderway.kernel.values import minor_units

from .einvoice import Account, Invoice, InvoiceLine, Party, exemption, faults

EN16931 = "en16931"
NIL, NIL_MARK = "{http://www.w3.org/2001/XMLSchema-instance}nil", b"xsi:nil="
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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


def _means(invoice: Invoice) -> str:
    """How it is paid (BT-81, UNTDID 4461): at once, else by credit transfer where there is an account."""
    if invoice.tender:
        return invoice.tender.code
    transfer = "58" if invoice.currency == "EUR" else "30"
    return transfer if invoice.account else ""


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
        "BT-81": _means(invoice),
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
