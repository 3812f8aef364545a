"""How many acts the everyday things take: each click, each key and each field that is filled in counts one. Looking is no act."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from installation import House
from lived_in import BUYER_GLN, EVERYBODY
from playwright.sync_api import BrowserContext, Locator, Page, expect

EDI = """UNA:+.? '
UNB+UNOC:3+{buyer}:14+4399901000007:14+260302:0815+{number}'
UNH+1+ORDERS:D:96A:UN:EAN008'
BGM+220+{reference}+9'
DTM+137:20260302:102'
NAD+BY+{buyer}::9++Buchhandlung am Obertor+Obertor 8+Lichtenfels++96215+DE'
NAD+SU+4399901000007::9'
CUX+2:EUR:9'
LIN+1'
PIA+5+PAP-A4-80:SA'
QTY+21:6:PCE'
PRI+AAA:4.90'
UNS+S'
CNT+2:1'
UNT+13+1'
UNZ+1+{number}'
"""
# Order-X 1.0, profile BASIC: the buyer says what they call the paper, and no number of ours
ORDER_X = """<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128">
<rsm:ExchangedDocumentContext/><rsm:ExchangedDocument><ram:ID>{reference}</ram:ID><ram:TypeCode>220</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:BuyerAssignedID>OBT-0815</ram:BuyerAssignedID><ram:Name>Copy paper A4</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeDelivery><ram:RequestedQuantity unitCode="C62">4</ram:RequestedQuantity></ram:SpecifiedLineTradeDelivery>
</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement><ram:BuyerTradeParty>
<ram:GlobalID schemeID="0088">{buyer}</ram:GlobalID><ram:Name>Buchhandlung am Obertor</ram:Name></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:SCRDMCCBDACIOMessageStructure>"""


@dataclass
class Acts:
    """Somebody at a page; all they do goes through here and is counted."""

    page: Page
    done: list[str] = field(default_factory=list)

    def click(self, what: Locator) -> None:
        self.done.append("click")
        what.click()

    def press(self, key: str) -> None:
        self.done.append(key)
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.done.append(words)
        self.page.keyboard.type(words)


@pytest.fixture
def doorstep(house: House, tmp_path: Path) -> Callable[[str, bytes], None]:
    """A file comes in as from outside, and the house does with it what it does by itself."""

    def comes_in(name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        house.call("capture", str(tmp_path / name))
        house.settle()

    return comes_in


def test_a_clean_edi_order_is_touched_by_nobody(
    at_desk: Callable[[str], Page], doorstep: Callable[[str, bytes], None], house: House
) -> None:
    text = EDI.format(buyer=BUYER_GLN, number=90, reference="NO-TOUCH-1")
    doorstep("no-touch.edi", text.encode("latin-1"))
    page = at_desk("manager")
    page.goto("/orders?q=NO-TOUCH-1")
    page.locator("[data-row] a").first.click()  # looking at what came of it
    number = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator(".titles")).to_contain_text("Confirmed")
    expect(page.get_by_role("row").filter(has_text="PAP-A4-80")).to_contain_text("Reserved")
    assert touched(house, "NO-TOUCH-1") == []
    page = at_desk("warehouse")
    page.goto("/shipping?state=open")
    expect(page.get_by_role("row").filter(has_text=number)).to_have_count(1)


def test_a_known_senders_pdf_takes_one_act_and_the_next_one_none(
    at_desk: Callable[[str], Page], doorstep: Callable[[str, bytes], None], house: House
) -> None:
    doorstep("first.pdf", pdf("OBT-PDF-1"))
    page = at_desk("manager")
    page.goto("/inbox")
    expect(page.locator("#items .item").first).to_contain_text("first.pdf")  # the newest lies open
    acts = Acts(page)
    acts.press("1")  # the first proposal for what the buyer calls it
    expect(page.get_by_text("Settled and remembered for the next time.")).to_be_visible()
    house.settle()
    assert len(acts.done) <= 1
    expect(page.get_by_role("region", name="What was read")).to_contain_text("Order 26-")
    doorstep("second.pdf", pdf("OBT-PDF-2"))
    page.goto("/orders?q=OBT-PDF-2")
    page.locator("[data-row] a").first.click()
    expect(page.get_by_role("row").filter(has_text="PAP-A4-80")).to_contain_text("Reserved")
    assert touched(house, "OBT-PDF-2") == []


@pytest.mark.parametrize("by", ["keys", "mouse"])
def test_the_same_again_takes_two_acts(by: str, at_desk: Callable[[str], Page]) -> None:
    page = at_desk("manager")
    page.goto("/orders?q=OBT-12")
    page.locator("[data-row]").filter(has_text="OBT-12").locator("a").first.click()
    number = page.get_by_role("heading", level=1).inner_text()
    acts = Acts(page)
    if by == "keys":
        acts.press("o")
    else:
        acts.click(page.get_by_role("button", name="Order again"))
    anyway = page.get_by_role("button", name="Order it as it is today")  # asked where others took the stock meanwhile
    expect(anyway.or_(page.get_by_text(f"after {number}"))).to_be_visible()
    if anyway.is_visible():
        acts.press("Control+Enter")
    expect(page.get_by_text(f"after {number}")).to_be_visible()
    expect(page.get_by_text("placed", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(number)
    expect(page.get_by_role("row").filter(has_text="PAP-A4-80")).to_contain_text("12")
    assert len(acts.done) <= 2


def test_any_paper_is_found_in_three_acts(signed_in: Callable[..., BrowserContext], house: House) -> None:
    """One paper of each kind from any page; every other paper is among the answers to its number and what it is."""
    page = signed_in(EVERYBODY).new_page()
    page.goto("/stock")
    papers = [line.split("\t") for line in str(house.value(PAPERS)).splitlines()]
    assert len({kind for _id, kind, _words in papers}) > 5
    seen: set[str] = set()
    for id, kind, words in papers:
        hits = page.request.get("/palette", params={"q": words}).json()
        assert f"/documents/{id}" in [hit["url"] for hit in hits], (words, hits)
        if kind in seen:
            continue
        seen.add(kind)
        acts = Acts(page)
        acts.press("Control+k")
        acts.type(words)
        acts.click(page.locator(f".hit[href='/documents/{id}']"))
        page.wait_for_url(f"**/documents/{id}")
        assert len(acts.done) <= 3


# what a person knows of a paper: what it is, and the number of its order; else its name
PAPERS = """select string_agg(d.id || E'\\t' || d.kind || E'\\t' || case
        when d.kind in ('message', 'original', 'mail') or o.number is null then d.name
        else replace(d.kind, '_', ' ') || ' ' || o.number end, E'\\n' order by d.id desc)
    from document d left join sales_order o on o.parcel_id = d.parcel_id
    where d.company_id = 1 and d.name <> ''"""


def pdf(reference: str) -> bytes:
    """A page for people, with the order for programs inside."""
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.attachments["order-x.xml"] = ORDER_X.format(reference=reference, buyer=BUYER_GLN).encode()
    made.save(out)
    return out.getvalue()


def touched(house: House, reference: str) -> list[str]:
    """What people did to an order, from its record."""
    told = f"""select string_agg(e.name, ' ') from event e join sales_order o on e.root_type = 'order' and e.root_id = o.id
        join person p on p.id = e.actor_id where o.their_reference = '{reference}'"""  # noqa: S608 - words of this file
    found = house.value(told)
    return str(found).split() if found else []
