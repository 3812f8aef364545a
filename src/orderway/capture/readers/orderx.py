"""Orders in Order-X 1.0 (UN/CEFACT Cross Industry Order, SCRDM CIO D20B), as XML and as PDF with the XML inside."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pikepdf
from lxml import etree

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft, Reading
from orderway.capture.readers.xml import calendar_day, name, number, parse, place, text, texts, unit_price
from orderway.capture.reasons import Place, Unreadable, remark

_ROOTS = {
    "SCRDMCCBDACIOMessageStructure",
    "CrossIndustryOrder",
    "CrossIndustryOrderChange",
    "CrossIndustryOrderResponse",
}
_DOCUMENTS = {"230": "order-x-change", "231": "order-x-response"}
_ORDER_TYPES = {"", "105", "220", "221", "224", "226", "227", "228", "258", "402"}
_SCHEMES = {"0088": "GLN", "0060": "DUNS", "0002": "SIRENE", "0007": "ORGNR", "VA": "VAT", "FC": "TAX"}
_DAY_FORMATS = {"", "102", "203", "204", "205"}
_EMBEDDED_INVOICES = {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "cida.xml"}
_LARGEST_ATTACHMENT = 32 * 1024 * 1024


def claims(root: etree._Element) -> bool:
    """Whether the document is a Cross Industry Order, its change or its response."""
    return name(root) in _ROOTS


def kind(root: etree._Element) -> str:
    """`order-x`, `order-x-change` or `order-x-response`, by the document's type code (UN/EDIFACT 1001)."""
    return _DOCUMENTS.get(text(root, "{*}ExchangedDocument/{*}TypeCode"), "order-x")


def read(root: etree._Element) -> Reading:
    """An order becomes one draft; an order change or response (type code 230, 231) goes to a person.

    Raises `Unreadable` with line and element.
    """
    header = root.find("{*}ExchangedDocument")
    if header is None:
        raise Unreadable("missing", place(root), what="ExchangedDocument")
    code = text(header, "{*}TypeCode")
    if code in _DOCUMENTS:
        return Reading("review", kind(root), (remark("no-order", place(header), found=f"TypeCode {code}"),))
    if code not in _ORDER_TYPES:
        return Reading("review", "order-x", (remark("no-order", place(header), found=f"TypeCode {code}"),))
    if text(header, "{*}PurposeCode") == "1":
        order, found = text(header, "{*}ID"), name(root)
        why = remark("changes-order", place(header), found=found, does="cancels", order=order, function="1")
        return Reading("review", "order-x", (why,))
    marked = text(root, "{*}ExchangedDocumentContext/{*}TestIndicator/{*}Indicator") in ("true", "1")
    return Reading("order", "order-x", (remark("test"),) if marked else (), (_order(root, header),))


def read_pdf(data: bytes) -> Reading:
    """A PDF with `order-x.xml` inside is read from the XML; any other PDF goes to a person with the kind `pdf`.

    Raises `Unreadable` where the file is no PDF that can be opened, or the XML inside breaks its rules.
    """
    try:
        embedded = _embedded(data)
    except pikepdf.PasswordError:
        return Reading("review", "pdf", (remark("password"),))
    except (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise Unreadable("damaged", said=_first_line(error)) from error
    for file_name, content in embedded.items():
        if file_name.lower() == "order-x.xml" and content is not None:
            try:
                return read(parse(content))
            except Unreadable as error:
                raise error.within(file_name) from error
    invoice = next((file_name for file_name in embedded if file_name.lower() in _EMBEDDED_INVOICES), "")
    if invoice:
        return Reading("review", "pdf", (remark("other-document", found=invoice, document="invoice"),))
    return Reading("review", "pdf", (remark("for-a-person", file="pdf"),))


def _embedded(data: bytes) -> dict[str, bytes | None]:
    """The embedded files by name; the content only of the one that is read, so a packed bomb beside it stays packed."""
    found: dict[str, bytes | None] = {}
    with pikepdf.open(BytesIO(data)) as pdf:
        for key, file_spec in pdf.attachments.items():
            file_name = file_spec.filename or key
            found[file_name] = None
            if file_name.lower() == "order-x.xml":
                content = file_spec.get_file().read_bytes()
                if len(content) > _LARGEST_ATTACHMENT:
                    raise Unreadable("too-large", Place(file=file_name), most=_LARGEST_ATTACHMENT, what="bytes")
                found[file_name] = content
    return found


def _first_line(error: Exception) -> str:
    lines = re.sub(r"(stream )?<_io\.BytesIO[^>]*>:? ?", "", str(error)).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _order(root: etree._Element, header: etree._Element) -> OrderDraft:
    trade = root.find("{*}SupplyChainTradeTransaction")
    if trade is None:
        raise Unreadable("missing", place(root), what="SupplyChainTradeTransaction")
    order_number = text(header, "{*}ID")
    agreement, delivery, settlement = (
        trade.find(f"{{*}}ApplicableHeaderTrade{part}") for part in ("Agreement", "Delivery", "Settlement")
    )
    lines = tuple(_line(item) for item in trade.findall("{*}IncludedSupplyChainTradeLineItem"))
    if not lines:
        raise Unreadable("missing", place(trade), what="IncludedSupplyChainTradeLineItem")
    currency = text(settlement, "{*}OrderCurrencyCode")
    totals = settlement.find("{*}SpecifiedTradeSettlementHeaderMonetarySummation") if settlement is not None else None
    return OrderDraft(
        number=order_number,
        reference=text(agreement, "{*}BuyerReference") or order_number,
        customer=_party(agreement, "{*}BuyerTradeParty"),
        supplier=_party(agreement, "{*}SellerTradeParty"),
        delivery=_party(delivery, "{*}ShipToTradeParty"),
        currency=currency,
        ordered_on=_day(header, "{*}IssueDateTime/{*}DateTimeString"),
        requested_on=_requested(delivery),
        lines=lines,
        total=_total(totals),
        note="\n".join(texts(header, "{*}IncludedNote/{*}Content")),
    )


def _total(totals: etree._Element | None) -> Decimal | None:
    grand = number(totals, "{*}GrandTotalAmount")
    return grand if grand is not None else number(totals, "{*}LineTotalAmount")


def _line(item: etree._Element) -> LineDraft:
    product, agreement = item.find("{*}SpecifiedTradeProduct"), item.find("{*}SpecifiedLineTradeAgreement")
    delivery = item.find("{*}SpecifiedLineTradeDelivery")
    seller, buyer = text(product, "{*}SellerAssignedID"), text(product, "{*}BuyerAssignedID")
    gtin = _gtin(product)
    label, described = text(product, "{*}Name"), text(product, "{*}Description")
    quantity = delivery.find("{*}RequestedQuantity") if delivery is not None else None
    notes = texts(item, "{*}AssociatedDocumentLineDocument/{*}IncludedNote/{*}Content")
    return LineDraft(
        position=text(item, "{*}AssociatedDocumentLineDocument/{*}LineID"),
        item=seller or gtin or buyer,
        seller_item=seller,
        buyer_item=buyer,
        gtin=gtin,
        description=label or described,
        quantity=number(quantity),
        unit=quantity.get("unitCode", "") if quantity is not None else "",
        price=_price(agreement),
        amount=number(
            item, "{*}SpecifiedLineTradeSettlement/{*}SpecifiedTradeSettlementLineMonetarySummation/{*}LineTotalAmount"
        ),
        requested_on=_requested(delivery),
        note="\n".join([*([described] if label and described and described != label else []), *notes]),
    )


def _price(agreement: etree._Element | None) -> Decimal | None:
    net = agreement.find("{*}NetPriceProductTradePrice") if agreement is not None else None
    if net is None:
        return None
    return unit_price(number(net, "{*}ChargeAmount"), number(net, "{*}BasisQuantity"), place(net))


def _gtin(product: etree._Element | None) -> str:
    found = product.find("{*}GlobalID") if product is not None else None
    return text(found) if found is not None and found.get("schemeID", "0160") == "0160" else ""


def _requested(delivery: etree._Element | None) -> date | None:
    """The day delivery is requested on, else the last day of the period it is requested in."""
    event = delivery.find("{*}RequestedDeliverySupplyChainEvent") if delivery is not None else None
    if event is None:
        return None
    for path in (
        "OccurrenceDateTime",
        "OccurrenceSpecifiedPeriod/{*}EndDateTime",
        "OccurrenceSpecifiedPeriod/{*}StartDateTime",
    ):
        found = _day(event, f"{{*}}{path}/{{*}}DateTimeString")
        if found:
            return found
    return None


def _day(node: etree._Element, path: str) -> date | None:
    """A date in the UN/EDIFACT 2379 format its `format` attribute names."""
    found = node.find(path)
    stated = text(found)
    if found is None or not stated:
        return None
    if found.get("format", "") not in _DAY_FORMATS:
        raise Unreadable("wrong-value", place(found), found=found.get("format", ""), wanted="date-format")
    return calendar_day(stated, place(found))


def _party(node: etree._Element | None, path: str) -> PartyDraft:
    party = node.find(path) if node is not None else None
    if party is None:
        return PartyDraft()
    address, contact = party.find("{*}PostalTradeAddress"), party.find("{*}DefinedTradeContact")
    return PartyDraft(
        name=text(party, "{*}Name") or text(party, "{*}SpecifiedLegalOrganization/{*}TradingBusinessName"),
        ids=_ids(party),
        street=text(address, "{*}LineOne"),
        postcode=text(address, "{*}PostcodeCode"),
        city=text(address, "{*}CityName"),
        country=text(address, "{*}CountryID"),
        email=text(contact, "{*}EmailURIUniversalCommunication/{*}URIID")
        or text(party, "{*}URIUniversalCommunication/{*}URIID"),
        phone=text(contact, "{*}TelephoneUniversalCommunication/{*}CompleteNumber"),
    )


def _ids(party: etree._Element) -> tuple[tuple[str, str], ...]:
    pairs = []
    for path in ("{*}GlobalID", "{*}ID", "{*}SpecifiedTaxRegistration/{*}ID", "{*}SpecifiedLegalOrganization/{*}ID"):
        for found in party.findall(path):
            scheme = found.get("schemeID", "")
            pairs.append((_SCHEMES.get(scheme, scheme) or "ID", text(found)))
    return tuple((scheme, value) for scheme, value in pairs if value)
