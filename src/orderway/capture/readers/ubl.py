"""Orders in OASIS UBL 2.0 and 2.1, and so in Peppol BIS Order, which is a UBL 2.1 Order with fewer elements."""

from datetime import date
from decimal import Decimal

from lxml import etree

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft, Reading
from orderway.capture.readers.xml import day, name, namespace, number, place, text, texts, unit_price
from orderway.capture.reasons import Reason, Unreadable, remark

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_ISO_6523 = {"0088": "GLN", "0060": "DUNS", "0002": "SIRENE", "0007": "ORGNR", "9930": "VAT", "0160": "GTIN"}
_GTIN_SCHEMES = {"GTIN", "0160", "EAN", "EAN13", "EAN-13", "GTIN-13", "GTIN-14"}


def claims(root: etree._Element) -> bool:
    """Whether the document is one of UBL's, an order or another."""
    return namespace(root).startswith(_ROOT)


def kind(root: etree._Element) -> str:
    """The format and the document: `ubl-order`, `ubl-creditnote`."""
    return f"ubl-{name(root).lower()}"


def read(root: etree._Element) -> Reading:
    """An Order becomes one draft; any other UBL document goes to a person. Raises `Unreadable` with line and element.

    An order with amounts in another currency than the document's is read all the same; the reading's reasons say so.
    """
    if kind(root) != "ubl-order":
        return Reading("review", kind(root), (remark("no-order", found=f"UBL {name(root)}"),))
    draft = _order(root)
    return Reading("order", kind(root), _foreign_amounts(root, draft.currency), (draft,))


def _order(root: etree._Element) -> OrderDraft:
    stated = root.find(_path("cbc:ID"))
    if stated is None:
        raise Unreadable("missing", place(root), what="number")
    lines = tuple(_line(line) for line in root.findall(_path("cac:OrderLine/cac:LineItem")))
    if not lines:
        raise Unreadable("missing", place(root), what="OrderLine")
    totals = root.find(_path("cac:AnticipatedMonetaryTotal"))
    order_number = text(stated)
    return OrderDraft(
        number=order_number,
        reference=text(root, _path("cbc:CustomerReference")) or order_number,
        customer=_party(root.find(_path("cac:BuyerCustomerParty")), "cbc:SupplierAssignedAccountID"),
        supplier=_party(root.find(_path("cac:SellerSupplierParty")), "cbc:CustomerAssignedAccountID"),
        delivery=_delivery(root.find(_path("cac:Delivery"))),
        currency=_currency(root),
        ordered_on=day(root, _path("cbc:IssueDate")),
        requested_on=_requested(root),
        lines=lines,
        total=_first_number(totals, "cbc:PayableAmount", "cbc:TaxInclusiveAmount", "cbc:LineExtensionAmount"),
        note="\n".join(texts(root, _path("cbc:Note"))),
    )


def _line(item: etree._Element) -> LineDraft:
    article, price = item.find(_path("cac:Item")), item.find(_path("cac:Price"))
    seller = text(article, _path("cac:SellersItemIdentification/cbc:ID"))
    buyer = text(article, _path("cac:BuyersItemIdentification/cbc:ID"))
    gtin = _gtin(article)
    label, described = text(article, _path("cbc:Name")), text(article, _path("cbc:Description"))
    order_line = item.getparent()
    notes = texts(item, _path("cbc:Note")) + (texts(order_line, _path("cbc:Note")) if order_line is not None else [])
    quantity = item.find(_path("cbc:Quantity"))
    return LineDraft(
        position=text(item, _path("cbc:ID")),
        item=seller or gtin or buyer,
        seller_item=seller,
        buyer_item=buyer,
        gtin=gtin,
        description=label or described,
        quantity=number(quantity),
        unit=quantity.get("unitCode", "") if quantity is not None else "",
        price=unit_price(
            number(price, _path("cbc:PriceAmount")),
            number(price, _path("cbc:BaseQuantity")),
            place(price if price is not None else item),
        ),
        amount=number(item, _path("cbc:LineExtensionAmount")),
        requested_on=_requested(item),
        note="\n".join([*([described] if label and described and described != label else []), *notes]),
    )


def _gtin(article: etree._Element | None) -> str:
    """The standard item identification where it says it is a GTIN, or says nothing and has a GTIN's length."""
    found = article.find(_path("cac:StandardItemIdentification/cbc:ID")) if article is not None else None
    stated, scheme = text(found), found.get("schemeID", "").upper() if found is not None else ""
    is_gtin = scheme in _GTIN_SCHEMES or (not scheme and stated.isdigit() and len(stated) in (8, 12, 13, 14))
    return stated if is_gtin else ""


def _requested(node: etree._Element) -> date | None:
    """The last day of the period in which delivery is requested: the order is late after it, not within it."""
    for path in ("cbc:EndDate", "cbc:StartDate"):
        found = day(node, _path(f"cac:Delivery/cac:RequestedDeliveryPeriod/{path}"))
        if found:
            return found
    return day(node, _path("cac:Delivery/cbc:LatestDeliveryDate"))


def _delivery(delivery: etree._Element | None) -> PartyDraft:
    if delivery is None:
        return PartyDraft()
    address = delivery.find(_path("cac:DeliveryAddress"))
    if address is None:
        address = delivery.find(_path("cac:DeliveryLocation/cac:Address"))
    return _drafted(delivery.find(_path("cac:DeliveryParty")), address, ())


def _party(role: etree._Element | None, account: str) -> PartyDraft:
    """A party in its role; `account` is the number the other side keeps for it."""
    if role is None:
        return PartyDraft()
    party, number_with_us = role.find(_path("cac:Party")), text(role, _path(account))
    address = party.find(_path("cac:PostalAddress")) if party is not None else None
    return _drafted(party, address, (("ACCOUNT", number_with_us),) if number_with_us else ())


def _drafted(
    party: etree._Element | None, address: etree._Element | None, ids: tuple[tuple[str, str], ...]
) -> PartyDraft:
    street = " ".join(
        filter(None, (text(address, _path("cbc:StreetName")), text(address, _path("cbc:BuildingNumber"))))
    )
    return PartyDraft(
        name=text(party, _path("cac:PartyName/cbc:Name"))
        or text(party, _path("cac:PartyLegalEntity/cbc:RegistrationName")),
        ids=(*ids, *_ids(party)),
        street=street,
        postcode=text(address, _path("cbc:PostalZone")),
        city=text(address, _path("cbc:CityName")),
        country=text(address, _path("cac:Country/cbc:IdentificationCode")),
        email=text(party, _path("cac:Contact/cbc:ElectronicMail")),
        phone=text(party, _path("cac:Contact/cbc:Telephone")),
    )


def _ids(party: etree._Element | None) -> tuple[tuple[str, str], ...]:
    if party is None:
        return ()
    own = [*party.findall(_path("cac:PartyIdentification/cbc:ID")), *party.findall(_path("cbc:EndpointID"))]
    pairs = [(_scheme(found.get("schemeID", "")), text(found)) for found in own]
    for registration in party.findall(_path("cac:PartyTaxScheme")):
        tax = text(registration, _path("cac:TaxScheme/cbc:TaxTypeCode")) or text(
            registration, _path("cac:TaxScheme/cbc:ID")
        )
        pairs.append((tax.upper() or "TAX", text(registration, _path("cbc:CompanyID"))))
    companies = party.findall(_path("cac:PartyLegalEntity/cbc:CompanyID"))
    pairs += [(_scheme(company.get("schemeID", "")), text(company)) for company in companies]
    return tuple(dict.fromkeys((scheme, value) for scheme, value in pairs if value))


def _scheme(stated: str) -> str:
    return _ISO_6523.get(stated, stated) or "ID"


def _currency(root: etree._Element) -> str:
    """The document currency, else the currency the total, a line amount or a price is stated in."""
    stated = text(root, _path("cbc:DocumentCurrencyCode")) or text(root, _path("cbc:PricingCurrencyCode"))
    return stated or next((found.get("currencyID", "") for found in root.iter() if found.get("currencyID")), "")


def _foreign_amounts(root: etree._Element, currency: str) -> tuple[Reason, ...]:
    """What to tell the person who takes the order where amounts are in another currency than the document."""
    stated = {found.get("currencyID", "") for found in root.iter() if found.get("currencyID")} - {currency}
    return (remark("foreign-amounts", currencies=tuple(sorted(stated)), currency=currency),) if stated else ()


def _first_number(node: etree._Element | None, *paths: str) -> Decimal | None:
    return next((found for found in (number(node, _path(path)) for path in paths) if found is not None), None)


def _path(short: str) -> str:
    return short.replace("cac:", _CAC).replace("cbc:", _CBC)
