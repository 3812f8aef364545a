"""Orders in cXML 1.2 (Ariba and others): the OrderRequest with its ItemOut elements (cXML User's Guide, chapter
Purchase Orders).
"""

from datetime import date
from decimal import Decimal

from lxml import etree

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft, Reading
from orderway.capture.readers.xml import calendar_day, decimal, name, number, place, text, texts, unit_price
from orderway.capture.reasons import Unreadable, remark

_WRAPPERS = ("Request", "Message", "Response")
_ROOTS = {"cXML", "Index", "Supplier", "Contract"}


def claims(root: etree._Element) -> bool:
    """Whether the document is cXML, which has no namespace: its root is `cXML`, or one of its catalogue files."""
    return root.tag in _ROOTS


def kind(root: etree._Element) -> str:
    """The format and the message: `cxml-orderrequest`, `cxml-punchoutordermessage`; `cxml` without a message."""
    message = _message(root)
    return f"cxml-{name(message).lower()}" if message is not None else "cxml"


def read(root: etree._Element) -> Reading:
    """A new OrderRequest becomes one draft; a change, a cancellation and every other cXML message go to a person.

    Raises `Unreadable` with line and element.
    """
    message = _message(root)
    if message is None:
        raise Unreadable("missing", place(root), what="message")
    if name(message) != "OrderRequest":
        return Reading("review", kind(root), (remark("no-order", found=f"cXML {name(message)}"),))
    header = message.find("OrderRequestHeader")
    if header is None:
        raise Unreadable("missing", place(message), what="OrderRequestHeader")
    purpose = header.get("type", "new")
    if purpose != "new":
        does = "cancels" if purpose == "delete" else "changes"
        order = header.get("orderID", "")
        why = remark("changes-order", place(header), found=name(message), does=does, order=order, function=purpose)
        return Reading("review", kind(root), (why,))
    test = (remark("test"),) if root.find("Request[@deploymentMode='test']") is not None else ()
    return Reading("order", kind(root), test, (_order(root, message, header),))


def _message(root: etree._Element) -> etree._Element | None:
    """The payload element: below Request, Message or Response; an Index and its like are their own."""
    if root.tag != "cXML":
        return root
    payloads = (
        child for wrapper in _WRAPPERS for found in root.findall(wrapper) for child in found if name(child) != "Status"
    )
    return next(payloads, None)


def _order(root: etree._Element, message: etree._Element, header: etree._Element) -> OrderDraft:
    order_number = header.get("orderID")
    if order_number is None:
        raise Unreadable("missing", place(header), what="orderID")
    lines = tuple(_line(item) for item in message.findall("ItemOut"))
    if not lines:
        raise Unreadable("missing", place(message), what="ItemOut")
    bill_to, ship_to = _address(header.find("BillTo/Address")), _address(header.find("ShipTo/Address"))
    total = header.find("Total/Money")
    return OrderDraft(
        number=order_number.strip(),
        reference=order_number.strip(),
        customer=_named(bill_to, ship_to, _credentials(root, "Header/From/Credential")),
        supplier=PartyDraft(ids=_credentials(root, "Header/To/Credential")),
        delivery=ship_to,
        currency=_currency(message, total),
        ordered_on=_day(header, "orderDate"),
        requested_on=_day(header, "requestedDeliveryDate"),
        lines=lines,
        total=number(total),
        note="\n".join(texts(header, "Comments")),
    )


def _line(item: etree._Element) -> LineDraft:
    detail = item.find("ItemDetail")
    if detail is None:
        detail = item.find("BlanketItemDetail")
    seller, buyer = text(item, "ItemID/SupplierPartID"), text(item, "ItemID/BuyerPartID")
    gtin = text(detail, "ItemDetailIndustry/ItemDetailRetail/EANID")
    stated = item.get("quantity", "").strip()
    return LineDraft(
        position=item.get("lineNumber", "").strip(),
        item=seller or gtin or buyer,
        seller_item=seller,
        buyer_item=buyer,
        gtin=gtin,
        description=_description(detail),
        quantity=decimal(stated, place(item, "quantity")) if stated else None,
        unit=text(detail, "UnitOfMeasure"),
        price=_price(detail),
        requested_on=_day(item, "requestedDeliveryDate"),
        note="\n".join(texts(item, "Comments")),
    )


def _description(detail: etree._Element | None) -> str:
    """The long text without the ShortName inside it, else the ShortName."""
    found = detail.find("Description") if detail is not None else None
    if found is None:
        return ""
    own = " ".join("".join([found.text or "", *(child.tail or "" for child in found)]).split())
    return own or text(found, "ShortName")


def _price(detail: etree._Element | None) -> Decimal | None:
    """The price of one ordered unit: with PriceBasisQuantity, price × conversionFactor ÷ quantity (cXML, Advanced
    Pricing Details).
    """
    price = number(detail, "UnitPrice/Money")
    basis = detail.find("PriceBasisQuantity") if detail is not None else None
    if price is None or basis is None:
        return price
    factor = decimal(basis.get("conversionFactor", "1").strip(), place(basis, "conversionFactor"))
    base = decimal(basis.get("quantity", "1").strip(), place(basis, "quantity"))
    return unit_price(price * factor, base, place(basis))


def _currency(message: etree._Element, total: etree._Element | None) -> str:
    money = total if total is not None else next(message.iter("Money"), None)
    return money.get("currency", "") if money is not None else ""


def _day(node: etree._Element, attribute: str) -> date | None:
    stated = node.get(attribute, "").strip()
    return calendar_day(stated, place(node, attribute)) if stated else None


def _credentials(root: etree._Element, path: str) -> tuple[tuple[str, str], ...]:
    pairs = ((found.get("domain", "ID"), text(found, "Identity")) for found in root.findall(path))
    return tuple((domain, identity) for domain, identity in pairs if identity)


def _named(bill_to: PartyDraft, ship_to: PartyDraft, credentials: tuple[tuple[str, str], ...]) -> PartyDraft:
    """The customer is who pays: BillTo; where that has no name, the receiver; the sender's identities tell whose
    system it was.
    """
    party = bill_to if bill_to.name else ship_to
    return PartyDraft(
        party.name,
        (*credentials, *party.ids),
        party.street,
        party.postcode,
        party.city,
        party.country,
        party.email,
        party.phone,
    )


def _address(address: etree._Element | None) -> PartyDraft:
    if address is None:
        return PartyDraft()
    postal = address.find("PostalAddress")
    country = postal.find("Country") if postal is not None else None
    own_id = address.get("addressID", "").strip()
    dialled = address.find("Phone/TelephoneNumber")
    parts = ("CountryCode", "AreaOrCityCode", "Number") if dialled is not None else ()
    return PartyDraft(
        name=text(address, "Name"),
        ids=((address.get("addressIDDomain", "ADDRESS"), own_id),) if own_id else (),
        street=", ".join(texts(postal, "Street")) if postal is not None else "",
        postcode=text(postal, "PostalCode"),
        city=text(postal, "City"),
        country=country.get("isoCountryCode", "") if country is not None else "",
        email=text(address, "Email"),
        phone=" ".join(filter(None, (text(dialled, part) for part in parts))),
    )
