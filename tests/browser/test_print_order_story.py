"""The DexFLOW case: a print order goes from the order form through five people's work lists to the archive, without a download."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from installation import House
from playwright.sync_api import Download, Page, expect

FORM = {
    "Format, trimmed (A4, or width × height in mm)": "A4",
    "Paper (item number or name)": "PAP-LX-120",
    "Colours, front/back": "4/0",
    "Run": "3000",
    "Finishing, separated by commas": "trim",
}
CHECKS = ("Print data are complete", "Colours match the form", "Format and bleed are right")


class Desks:
    """The people of the story, each at a window of their own; no window may hand out a file."""

    def __init__(self, at_desk: Callable[[str], Page], house: House) -> None:
        self.at_desk, self.house = at_desk, house
        self.pages: dict[str, Page] = {}
        self.downloads: list[str] = []

    def at(self, role: str) -> Page:
        """The window of a person; their first step is signing in."""
        if role not in self.pages:
            page = self.at_desk(role)
            page.on("download", self._noted)
            self.pages[role] = page
        return self.pages[role]

    def _noted(self, download: Download) -> None:
        self.downloads.append(download.url)


@pytest.fixture
def desks(at_desk: Callable[[str], Page], house: House) -> Iterator[Desks]:
    desks = Desks(at_desk, house)
    yield desks
    assert desks.downloads == [], "nobody had to download anything"


@pytest.mark.timeout(300)  # eight windows on a machine that others use too
def test_from_the_order_form_to_the_archive(desks: Desks) -> None:
    order = _placed(desks.at("manager"))
    _form_filled(desks, order)
    _papers_come(desks, order)
    _price_approved(desks, order)
    _sent_back(desks, order)
    _released(desks, order)
    _planned(desks, order)
    _made(desks, order)
    _delivered(desks, order)
    _paid(desks, order)
    _archived(desks, order)


def _placed(page: Page) -> str:
    """The manager types the order: 3,000 letterheads."""
    page.goto("/")
    page.get_by_role("link", name="New order").first.click()
    page.get_by_label("Customer", exact=True).fill("20100 Buchhandlung am Obertor")
    page.get_by_label("Their reference").fill("Briefbogen neu")
    page.locator("input[data-field=item]").first.fill("LETTER-A4")
    page.locator("input[data-field=quantity]").first.fill("3000")
    page.locator("input[data-field=quantity]").first.press("Enter")
    expect(page.get_by_text("Letterhead A4 2/0")).to_be_visible()
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_text("Briefbogen neu")).to_be_visible()
    return page.get_by_role("heading", level=1).inner_text()


def _item(desks: Desks, role: str, order: str, step: str) -> Page:
    """Open the work item of an order in somebody's list."""
    page = desks.at(role)
    page.goto("/work")
    entry = page.locator("#items .item").filter(has_text=order)
    expect(entry).to_contain_text(step)  # the list renews itself
    entry.click()
    expect(page).to_have_url(re.compile(r"/work/\d+"))
    expect(page.get_by_role("region", name=step)).to_contain_text(order)
    return page


def _papers(page: Page, *names: str) -> None:
    """The papers lie beside the item, the chosen one open; each can be read there."""
    papers = page.get_by_role("region", name="Papers")
    for name in names:
        papers.get_by_role("link", name=name, exact=True).click()
        expect(papers.locator("[aria-current=page]")).to_have_text(name)
        shown = papers.locator("iframe.preview").get_attribute("src")
        assert page.request.get(f"{page.url.partition('/work')[0]}{shown}").headers["content-type"] == "application/pdf"


def _say(page: Page, verb: str) -> None:
    page.get_by_role("button", name=verb).click()


def _form_filled(desks: Desks, order: str) -> None:
    page = _item(desks, "manager", order, "Fill order form")
    for label, value in FORM.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Deadline").fill(_in_days(8))
    _say(page, "Send on")
    expect(page.get_by_text("Fill order form: Send on.")).to_be_visible()


def _papers_come(desks: Desks, order: str) -> None:
    """Worksheet and price sheet lie in the parcel within 20 seconds, while the manager looks on."""
    page = desks.at("manager")
    page.goto(f"/orders?q={order}")
    page.get_by_role("link", name=order).click()
    page.get_by_role("link", name=re.compile("^Parcel")).click()
    for paper in ("Worksheet", "Price sheet"):
        expect(page.locator("#record-body")).to_contain_text(paper, timeout=20_000)


def _in_days(n: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=n):%Y-%m-%d}"


def _price_approved(desks: Desks, order: str) -> None:
    """Price sheet and price list lie beside the question; a prepayment of 30 % is asked for."""
    desks.house.settle()  # the papers are printed
    page = _item(desks, "accountant", order, "Approve price sheet")
    _papers(page, "Price sheet", "Price list")
    page.get_by_label("Prepayment in percent").fill("30")
    _say(page, "Approve")
    expect(page.get_by_text("Approve price sheet: Approve.")).to_be_visible()


def _sent_back(desks: Desks, order: str) -> None:
    """Quality finds a fault; it is with the same manager again, with the reason and their name."""
    page = _item(desks, "quality", order, "Validate order")
    _papers(page, "Worksheet", "Paper description")
    _say(page, "Send back")
    expect(page.get_by_text("Say why.", exact=True)).to_be_visible()  # not without a reason
    page.get_by_label("Reason").fill("bleed is missing")
    _say(page, "Send back")
    expect(page.get_by_text("Validate order: Send back.")).to_be_visible()
    back = _item(desks, "manager", order, "Fill order form")
    expect(back.get_by_text("bleed is missing (Quality of Kessler)")).to_be_visible()
    expect(back.get_by_label("Run", exact=True)).to_have_value("3000")  # what was filled in is still there
    back.get_by_label("Deadline").fill(_in_days(10))
    _say(back, "Send on")


def _released(desks: Desks, order: str) -> None:
    """It comes straight back to quality: the price stands. It cannot leave before all is ticked."""
    page = _item(desks, "quality", order, "Validate order")
    for check in CHECKS[:2]:
        page.get_by_label(check).check()
    _say(page, "Release")
    expect(page.get_by_text("Validate order: Release.")).to_have_count(0)
    expect(page.locator(".note.late")).to_be_visible()
    expect(page.get_by_label(CHECKS[0])).to_be_checked()
    page.get_by_label(CHECKS[2]).check()
    _say(page, "Release")
    expect(page.get_by_text("Validate order: Release.")).to_be_visible()


def _planned(desks: Desks, order: str) -> None:
    """Planning places each job ticket on its machine, and says so."""
    page = _item(desks, "planner", order, "Schedule job")
    _papers(page, "Worksheet")
    for n in range(2):
        page.goto("/production")
        page.get_by_role("row").filter(has_text=order).first.get_by_role("link").first.click()
        page.get_by_label("Start", exact=True).fill(f"{_in_days(2 + n)}T09:00")
        page.get_by_role("button", name="Place").click()
        expect(page.get_by_text("Placed.")).to_be_visible()
    page = _item(desks, "planner", order, "Schedule job")
    _say(page, "Scheduled")
    expect(page.get_by_text("Schedule job: Scheduled.")).to_be_visible()


def _made(desks: Desks, order: str) -> None:
    """Production accepts; the prepayment invoice goes out by itself, is paid, and only then the press may start."""
    page = _item(desks, "production", order, "Accept job")
    _papers(page, "Worksheet")
    _say(page, "Accept")
    expect(page.get_by_text("Accept job: Accept.")).to_be_visible()
    _money(desks.at("accountant"), order, "Prepayment invoice")
    page.goto("/production/progress")
    page.get_by_role("link", name=order).click()
    for _ticket in range(2):
        page.get_by_role("link", name="Start or move").first.click()
        page.get_by_role("button", name="Start now").click()
        page.get_by_role("link", name="Finish", exact=True).click()
        page.get_by_label("Good copies").fill("3000")
        page.get_by_role("button", name="Finished").click()
        expect(page.get_by_text("Finished.")).to_be_visible()


def _money(page: Page, order: str, kind: str) -> None:
    page.goto("/billing/invoices?open=true")
    row = page.get_by_role("row").filter(has_text=order)
    expect(row).to_contain_text(kind)
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="Note payment").click()
    page.get_by_role("button", name="Note it").click()
    expect(page.locator(".titles")).to_contain_text("Paid")


def _delivered(desks: Desks, order: str) -> None:
    page = desks.at("warehouse")
    page.goto("/shipping?state=open")
    page.get_by_role("link", name=order).click()
    page.locator(".actions").get_by_role("link", name="Pick").click()
    page.get_by_role("button", name="Enter quantity").click()
    page.get_by_label("Quantity").fill("3000")
    page.get_by_role("button", name="Book").click()
    page.get_by_role("link", name="Finish the list").click()
    page.locator(".actions").get_by_role("link", name="Pack").click()
    page.get_by_label("Weight of package 1, kg").fill("23")
    page.get_by_role("button", name="Packed").click()
    page.locator(".actions").get_by_role("link", name="Ship").click()
    page.get_by_label("Carrier").fill("Own car")
    page.get_by_role("button", name="Ship").click()
    expect(page.locator(".titles")).to_contain_text("On the way")
    page.get_by_role("button", name="Note delivery").click()
    expect(page.locator(".titles")).to_contain_text("Delivered")


def _paid(desks: Desks, order: str) -> None:
    """The final invoice takes the prepayment off."""
    desks.house.settle()
    page = desks.at("accountant")
    page.goto("/billing/invoices?open=true")
    page.get_by_role("row").filter(has_text=order).get_by_role("link").first.click()
    expect(page.get_by_text("Paid before")).to_be_visible()
    _money(page, order, "Invoice")


def _archived(desks: Desks, order: str) -> None:
    """The order has left the active list; its papers are in the archive."""
    desks.house.settle()
    page = desks.at("manager")
    page.goto("/orders")
    expect(page.get_by_role("row").filter(has_text=order)).to_have_count(0)
    page.goto("/orders?which=archived")
    expect(page.get_by_role("row").filter(has_text=order)).to_contain_text("Completed")
    page.goto(f"/archive?which=archived&q={order}")
    expect(page.locator("#items .item").filter(has_text=order).filter(has_text="Price sheet")).to_contain_text(
        "Archived"
    )
