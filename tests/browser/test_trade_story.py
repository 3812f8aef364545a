"""A customer's EDIFACT file comes in at the inbox page, and goes its way on the pages until its Factur-X invoice is paid."""

from collections.abc import Callable
from decimal import Decimal as D

from facturx import get_xml_from_pdf
from installation import House
from lived_in import BUYER_GLN
from lxml import etree
from playwright.sync_api import Page, expect

REFERENCE = "OBT-EDI-4711"
REAMS = 25
# UN/EDIFACT ORDERS D.96A: 25 reams of copy paper at the list price, wanted whenever they are there
ORDERS = f"""UNA:+.? '
UNB+UNOC:3+{BUYER_GLN}:14+4399901000007:14+260302:0815+4711'
UNH+1+ORDERS:D:96A:UN:EAN008'
BGM+220+{REFERENCE}+9'
DTM+137:20260302:102'
NAD+BY+{BUYER_GLN}::9++Buchhandlung am Obertor+Obertor 8+Lichtenfels++96215+DE'
NAD+SU+4399901000007::9'
CUX+2:EUR:9'
LIN+1'
PIA+5+PAP-A4-80:SA'
IMD+F++:::Kopierpapier A4'
QTY+21:{REAMS}:PCE'
PRI+AAA:4.90'
UNS+S'
CNT+2:1'
UNT+14+1'
UNZ+1+4711'
"""
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def test_from_an_edifact_file_to_a_paid_factur_x_invoice(at_desk: Callable[[str], Page], house: House) -> None:
    manager = at_desk("manager")
    order = _taken_in(manager)
    warehouse = at_desk("warehouse")
    _sent(warehouse, order)
    accountant = at_desk("accountant")
    _paid(accountant, order)
    _true_invoice(accountant, house)
    manager.goto("/orders?which=archived")
    expect(manager.get_by_role("row", name=order)).to_contain_text("Completed")


def _taken_in(page: Page) -> str:
    """The file is uploaded; it is clear, so it becomes an order by itself while the page is looked at."""
    page.goto("/inbox")
    page.get_by_role("link", name="Upload files").click()
    page.get_by_label("Drag files here, or click to choose").set_input_files(
        {"name": f"{REFERENCE}.edi", "mimeType": "application/edifact", "buffer": ORDERS.encode("latin-1")}
    )
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("Taken in.")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    entry = page.locator("#items .item").filter(has_text=f"{REFERENCE}.edi")
    expect(entry).to_contain_text("Order 26-")  # the list renews itself when the worker is done
    entry.click()
    expect(page.frame_locator("iframe.preview").get_by_text(REFERENCE)).to_be_visible()  # the raw input beside it
    page.get_by_role("region", name="What was read").get_by_role("link", name="Order 26-").click()
    expect(page.get_by_text(f"their ref. “{REFERENCE}”")).to_be_visible()
    expect(page.locator(".titles")).to_contain_text("Confirmed")
    expect(page.get_by_role("row").filter(has_text="PAP-A4-80")).to_contain_text("Reserved")
    return page.get_by_role("heading", level=1).inner_text()


def _sent(page: Page, order: str) -> None:
    """Picked with the phone's page, packed, shipped, delivered."""
    page.goto("/shipping?state=open")
    page.get_by_role("link", name=order).click()
    page.locator(".actions").get_by_role("link", name="Pick").click()
    page.get_by_label("Scan the item").last.press_sequentially("PAP-A4-80\n")
    page.get_by_role("button", name="Enter quantity").click()
    page.get_by_label("Quantity").fill(str(REAMS - 1))
    page.get_by_role("button", name="Book").click()
    page.get_by_role("link", name="Finish the list").click()
    page.locator(".actions").get_by_role("link", name="Pack").click()
    page.get_by_label("Weight of package 1, kg").fill("62.5")
    page.get_by_role("button", name="Packed").click()
    page.locator(".actions").get_by_role("link", name="Ship").click()
    page.get_by_label("Carrier").fill("DHL")
    page.get_by_label("Tracking number").fill("00340434")
    page.get_by_role("button", name="Ship").click()
    expect(page.get_by_text("On the way")).to_be_visible()
    page.get_by_role("button", name="Note delivery").click()
    expect(page.locator(".titles")).to_contain_text("Delivered")


def _paid(page: Page, order: str) -> None:
    """The invoice came by itself; its money is noted."""
    page.goto("/billing/invoices")
    row = page.get_by_role("row").filter(has_text=order)
    expect(row).to_contain_text("145.78")  # 25 × 4.90 and 19 %
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="Note payment").click()
    expect(page.get_by_label("Amount")).to_have_value("145.78")
    page.get_by_label("Reference").fill("statement 11")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator(".titles")).to_contain_text("Paid")


def _true_invoice(page: Page, house: House) -> None:
    """The invoice's PDF, fetched by the page's own link, carries the XML that says the same."""
    number = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name=f"{number}.pdf").click()
    link = page.get_by_role("link", name="Download").get_attribute("href")
    answer = page.request.get(f"{house.url}{link}")
    assert answer.ok
    name, xml = get_xml_from_pdf(answer.body(), check_xsd=True)
    assert name == "factur-x.xml"
    cii = etree.fromstring(xml)
    value = {
        tag: [e.text for e in cii.iter(f"{RAM}{tag}")]
        for tag in ("GrandTotalAmount", "IssuerAssignedID", "BilledQuantity")
    }
    assert [D(text or "") for text in value["GrandTotalAmount"]] == [D("145.78")]
    assert REFERENCE in value["IssuerAssignedID"]
    assert [D(text or "") for text in value["BilledQuantity"]] == [D(REAMS)]
    assert number in [e.text for e in cii.iter(f"{RAM}ID")]
