"""Orders that come as XML or as PDF with XML inside: what each case file says stands in the draft; harm is refused with the line."""

import json
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from orderway.capture.drafts import OrderDraft, Reading
from orderway.capture.readers import door, wire, xml
from orderway.capture.reasons import Unreadable

EXPECTED = Path(__file__).parent / "expected"
FOLDERS = ("ubl", "cxml", "order-x", "xjdf")
PATHS = sorted(
    str(found.relative_to(EXPECTED)).removesuffix(".json")
    for folder in FOLDERS
    for found in (EXPECTED / folder).rglob("*.json")
)

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>4711</cbc:ID>
<cbc:IssueDate>2024-05-31</cbc:IssueDate>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cbc:CustomerReference>Project Nord</cbc:CustomerReference>
<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>
<cbc:Quantity unitCode="RM">2.5</cbc:Quantity>
<cac:Price><cbc:PriceAmount currencyID="EUR">90.00</cbc:PriceAmount><cbc:BaseQuantity>1000</cbc:BaseQuantity></cac:Price>
<cac:Item><cbc:Name>Offset 90 g</cbc:Name>
<cac:BuyersItemIdentification><cbc:ID>K-1</cbc:ID></cac:BuyersItemIdentification>
<cac:StandardItemIdentification><cbc:ID schemeID="0160">4012345678901</cbc:ID></cac:StandardItemIdentification></cac:Item>
</cac:LineItem></cac:OrderLine>
</Order>
"""
CXML = """<?xml version="1.0"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">
<cXML payloadID="1" timestamp="2024-05-31T10:00:00+02:00"><Header/><Request><OrderRequest>
<OrderRequestHeader orderID="PO-9" orderDate="2024-05-31T23:30:00-08:00" type="new">
<Total><Money currency="USD">104.99</Money></Total></OrderRequestHeader>
<ItemOut quantity="4" lineNumber="1"><ItemID><SupplierPartID>5555</SupplierPartID></ItemID><ItemDetail>
<UnitPrice><Money currency="USD">104.99</Money></UnitPrice>
<Description xml:lang="en"><ShortName>Chair</ShortName></Description>
<UnitOfMeasure>EA</UnitOfMeasure>
<PriceBasisQuantity quantity="2" conversionFactor="0.5"><UnitOfMeasure>BOX</UnitOfMeasure></PriceBasisQuantity>
</ItemDetail></ItemOut></OrderRequest></Request></cXML>
"""


def only_draft(reading: Reading) -> OrderDraft:
    assert reading.status == "order", reading.reason
    (draft,) = reading.drafts
    return draft


def plain(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def number(value: Decimal | str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def order_facts(order: OrderDraft) -> dict[str, object]:
    return {
        "number": order.number,
        "reference": order.reference,
        "customer": {"name": order.customer.name, "ids": [list(pair) for pair in order.customer.ids]},
        "currency": order.currency,
        "ordered_on": plain(order.ordered_on),
        "requested_on": plain(order.requested_on),
        "lines": [
            {
                "position": line.position,
                "item": line.item,
                "description": line.description,
                "quantity": line.quantity,
                "unit": line.unit,
                "price": line.price,
                "amount": line.amount,
                "requested_on": plain(line.requested_on),
            }
            for line in order.lines
        ],
        "total": order.total,
    }


def stated_facts(order: dict[str, object]) -> dict[str, object]:
    """The expected values with decimals as decimals: 6 and 6.00 are the same quantity."""
    lines = order["lines"]
    assert isinstance(lines, list)
    decimals = ("quantity", "price", "amount")
    return {
        **order,
        "lines": [
            {name: number(value) if name in decimals else value for name, value in line.items()} for line in lines
        ],
        "total": number(order["total"]),  # type: ignore[arg-type]
    }


def test_every_case_file_has_an_expected_reading(cases: Path) -> None:
    orders = cases / "b_orders"
    files = {
        str(found.relative_to(orders))
        for folder in FOLDERS
        for found in (orders / folder).rglob("*")
        if found.is_file()
    }
    assert files == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_case_file_is_read_as_it_states(cases: Path, path: str) -> None:
    expected = json.loads((EXPECTED / f"{path}.json").read_text(encoding="utf-8"))
    found = door.read(Path(path).name, (cases / "b_orders" / path).read_bytes())
    assert (found.status, found.kind) == (expected["status"], expected["kind"]), found.reason
    assert expected["reason"] in found.reason
    assert bool(expected["reason"]) == bool(found.reason)
    assert [order_facts(draft) for draft in found.drafts] == [
        stated_facts(order) for order in expected.get("orders", [])
    ]


@pytest.mark.parametrize(
    "path", [path for path in PATHS if path.startswith(("ubl/order/", "order-x/order-x", "cxml/"))]
)
def test_what_is_in_a_file_decides_and_not_its_name(cases: Path, path: str) -> None:
    data = (cases / "b_orders" / path).read_bytes()
    assert door.read("scan.csv", data) == door.read(Path(path).name, data)


def test_ubl_line_amounts_follow_from_quantity_and_price(cases: Path) -> None:
    """The files' own arithmetic is the oracle: quantity × price for one unit gives the line amount the file states."""
    checked = 0
    for path in (
        "ubl/order/BII03 Order example 01.xml",
        "order-x/order-x-basic.xml",
        "order-x/reader-order-x-comfort.pdf",
    ):
        for draft in door.read(path, (cases / "b_orders" / path).read_bytes()).drafts:
            for line in draft.lines:
                assert line.quantity is not None
                assert line.price is not None
                assert line.quantity * line.price == line.amount
                checked += 1
    assert checked == 8


def test_the_pdf_holds_the_same_order_as_the_xml_beside_it(cases: Path) -> None:
    folder = cases / "b_orders" / "order-x"
    pdf, apart = (door.read("x", (folder / f"reader-order-x-comfort.{kind}").read_bytes()) for kind in ("pdf", "xml"))
    assert pdf.drafts == apart.drafts


def test_a_price_for_a_thousand_sheets_becomes_the_price_of_one() -> None:
    (line,) = only_draft(door.read("o.xml", UBL.encode())).lines
    assert line.price == Decimal("0.09")
    assert line.quantity == Decimal("2.5")


def test_the_customers_reference_is_kept_beside_the_number() -> None:
    draft = only_draft(door.read("o.xml", UBL.encode()))
    assert (draft.number, draft.reference) == ("4711", "Project Nord")


def test_an_item_without_the_sellers_number_goes_by_its_gtin() -> None:
    (line,) = only_draft(door.read("o.xml", UBL.encode())).lines
    assert (line.item, line.gtin, line.buyer_item) == ("4012345678901", "4012345678901", "K-1")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_an_order_is_the_same_in_every_encoding(encoding: str) -> None:
    document = UBL.replace("Offset 90 g", "Büttenpapier").replace(
        "UTF-8", {"utf-8-sig": "UTF-8"}.get(encoding, encoding)
    )
    assert only_draft(door.read("o.xml", document.encode(encoding))).lines[0].description == "Büttenpapier"


@pytest.mark.parametrize(
    ("instead", "place"),
    [
        (("2.5</cbc:Quantity>", "2,5</cbc:Quantity>"), "line 10, element Quantity"),
        (("2.5</cbc:Quantity>", "NaN</cbc:Quantity>"), "line 10, element Quantity"),
        (("90.00", "9e1"), "line 11, element PriceAmount"),
        ((">1000<", ">0<"), "line 11, element Price"),
        (("2024-05-31", "2024-02-30"), "line 6, element IssueDate"),
        (("<cbc:ID>4711</cbc:ID>", ""), "line 4, element Order"),
        (("</Order>", ""), "line 1"),
    ],
)
def test_a_broken_order_is_refused_with_the_line(instead: tuple[str, str], place: str) -> None:
    found = door.read("o.xml", UBL.replace(*instead, 1).encode())
    assert found.status == "rejected"
    assert found.reason.startswith(place), found.reason


def test_a_price_for_two_boxes_becomes_the_price_of_one_piece() -> None:
    """cXML advanced pricing: 104.99 holds for 2 boxes, a piece is half a box: 104.99 × 0.5 ÷ 2."""
    draft = only_draft(door.read("o.xml", CXML.encode()))
    assert draft.lines[0].price == Decimal("26.2475")


def test_an_order_date_is_the_senders_own_day() -> None:
    assert only_draft(door.read("o.xml", CXML.encode())).ordered_on == date(2024, 5, 31)


@pytest.mark.parametrize(("purpose", "said"), [("update", "changes"), ("delete", "cancels")])
def test_a_changed_or_cancelled_cxml_order_is_no_second_order(purpose: str, said: str) -> None:
    found = door.read("o.xml", CXML.replace('type="new"', f'type="{purpose}"').encode())
    assert (found.status, found.drafts) == ("review", ())
    assert f"{said} the order PO-9" in found.reason


def test_an_order_x_cancellation_is_no_order(cases: Path) -> None:
    document = (
        (cases / "b_orders/order-x/order-x-basic.xml")
        .read_bytes()
        .replace(b"<ram:PurposeCode>9", b"<ram:PurposeCode>1")
    )
    assert door.read("o.xml", document).status == "review"


@pytest.mark.parametrize(
    "name", ["cyclic", "dtd", "dtd_element", "external", "external_file", "quadratic", "xmlbomb", "xmlbomb2"]
)
def test_a_document_type_of_its_own_is_refused_with_the_line(cases: Path, name: str) -> None:
    data = (cases / "g_hostile/xml" / f"{name}.xml").read_bytes()
    found = door.read(f"{name}.xml", data)
    line = data[: data.index(b"<!DOCTYPE")].count(b"\n") + 1
    assert found.status == "rejected"
    assert found.reason.startswith(f"line {line}, DOCTYPE: ")


@pytest.mark.parametrize("name", ["simple", "simple-ns"])
def test_harmless_xml_goes_to_a_person(cases: Path, name: str) -> None:
    assert door.read("x.xml", (cases / "g_hostile/xml" / f"{name}.xml").read_bytes()).status == "review"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        '<!-- [ --><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE cXML SYSTEM "cxml.dtd" [<!ENTITY % e SYSTEM "http://127.0.0.1:9/cxml"> %e;]><cXML/>',
        '<!DOCTYPE cXML PUBLIC "cxml" "cxml.dtd"><cXML/>',
        "<!DOCTYPE cXML SYSTEM 'cxml>.dtd' [<!ENTITY e 'x'>]><cXML>&e;</cXML>",
        "<cXML>&e;</cXML>",
        '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/cXML.dtd"><cXML>&e;</cXML>',
    ],
)
def test_no_entity_is_ever_expanded(document: str, encoding: str) -> None:
    with pytest.raises(Unreadable):
        xml.parse(document.encode(encoding))


def test_the_order_form_of_cxml_is_never_fetched() -> None:
    """The address leads nowhere: a parser that fetched it would wait or fail."""
    document = CXML.replace("http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd", "http://192.0.2.1/cXML.dtd")
    assert only_draft(door.read("o.xml", document.encode())).number == "PO-9"


def test_deep_and_large_documents_are_refused() -> None:
    with pytest.raises(Unreadable, match="nested deeper"):
        xml.parse(b"<a>" * 5000 + b"</a>" * 5000)
    with pytest.raises(Unreadable, match="split it"):
        xml.parse(b"<a>" + b" " * xml.LARGEST + b"</a>")


def pdf_with(**files: bytes) -> bytes:
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    for name, content in files.items():
        pdf.attachments[name] = content
    pdf.save(out)
    return out.getvalue()


def test_a_broken_order_in_a_pdf_is_refused_with_its_line() -> None:
    found = door.read("o.pdf", pdf_with(**{"order-x.xml": b"<a>\n<b>"}))
    assert (found.status, found.kind) == ("rejected", "pdf")
    assert found.reason.startswith("order-x.xml, line 2: ")


def test_an_invoice_in_a_pdf_is_said_to_be_one() -> None:
    found = door.read("o.pdf", pdf_with(**{"factur-x.xml": b"<a/>"}))
    assert found.status == "review"
    assert "factur-x.xml" in found.reason


def test_a_reading_survives_the_wire(cases: Path) -> None:
    for path in PATHS:
        found = door.read(path, (cases / "b_orders" / path).read_bytes())
        assert wire.from_json(wire.to_json(found)) == found


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(UBL) - 1), st.binary(max_size=6)), min_size=1, max_size=5),
    st.sampled_from([UBL, CXML]),
)
def test_no_corruption_makes_the_door_raise(changes: list[tuple[int, bytes]], document: str) -> None:
    data = bytearray(document.encode())
    for at, piece in changes:
        data[at : at + len(piece) + 1] = piece
    found = door.read("o.xml", bytes(data))
    assert bool(found.drafts) == (found.status == "order")
    assert found.status == "order" or found.reason


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 70_000), piece=st.binary(min_size=1, max_size=400))
def test_no_corruption_of_a_pdf_makes_the_door_raise(cases: Path, at: int, piece: bytes) -> None:
    data = bytearray((cases / "b_orders/order-x/reader-order-x-comfort.pdf").read_bytes())
    data[at : at + len(piece)] = piece
    assert door.read("o.pdf", bytes(data)).status in ("order", "review", "rejected")


@settings(max_examples=60, deadline=None)
@given(
    quantity=st.decimals(min_value=0, max_value=10**9, places=3),
    price=st.decimals(min_value=0, max_value=10**6, places=4),
    base=st.sampled_from([1, 2, 5, 10, 100, 1000]),
    name=st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=40),
)
def test_what_is_written_into_an_order_is_read_out_of_it(
    quantity: Decimal, price: Decimal, base: int, name: str
) -> None:
    root = etree.fromstring(UBL.encode())
    cbc = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    for tag, value in (
        ("Quantity", str(quantity)),
        ("PriceAmount", str(price)),
        ("BaseQuantity", str(base)),
        ("Name", name),
    ):
        next(root.iter(f"{cbc}{tag}")).text = value
    try:
        document = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    except ValueError:
        return
    (line,) = only_draft(door.read("o.xml", document)).lines
    assert line.quantity == quantity
    assert line.price is not None
    assert line.price * base == price
    assert line.description == name
