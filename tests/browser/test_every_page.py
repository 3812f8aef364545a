"""Every page that the navigation and the lists lead to, light, dark and on a phone: accessible, quiet, and all from here."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from installation import ROOT, House
from lived_in import EVERYBODY
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, ViewportSize

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1440, height=900)
# the doors of the house, and which addresses belong to each: its tabs, views, records, and the forms of those
FAMILIES = {
    "/": r"/(notices|exceptions(/\d+)?)?",
    "/inbox": r"/inbox.*",
    "/work": r"/work.*",
    "/start": r"/start(ed)?(/.*)?",
    "/control": r"/control",
    "/absences": r"/absences.*|/calendar.*",
    "/orders": r"/orders(/(new|\d+)(/(confirm|allocate|hold|resume|cancel|urgent|can-wait|priority|why-not|lines/\d+/why))?)?|/views/keep",
    "/counter": r"/counter.*|/billing/takings.*",
    "/customers": r"/customers.*",
    "/items": r"/items.*",
    "/stock": r"/stock.*",
    "/production": r"/production.*|/orders/\d+/production.*",
    "/shipping": r"/shipping.*|/orders/\d+/take-back",
    "/billing": r"/billing.*|/orders/\d+/(credit|prepay)",
    "/archive": r"/archive.*|/documents.*",
    "/reports": r"/reports.*",
    "/maps": r"/maps(/(new|trade_order)(/.*)?)?",  # one map of many: their pages are the same
    "/rules": r"/rules.*",
    "/tour": r"/tour.*",
    "/account": r"/account",
}
ROWS = {"/work": 3, "/inbox": 2}  # each shows another form; of other lists the first row is followed
# what can be used but does not lie wholly in its pane, unless the pane can be scrolled sideways to it
STICKING_OUT = """() => [...document.querySelectorAll('#main :is(button, a, input, select, textarea, summary)')].filter(e => {
  if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true}) || e.closest('svg, .unseen, dialog, [hidden]')) return false;
  const own = e.getBoundingClientRect();
  for (let p = e.parentElement; p && p !== document.documentElement; p = p.parentElement) {
    const style = getComputedStyle(p);
    if (style.textOverflow === 'ellipsis' || (/auto|scroll/.test(style.overflowX) && p.scrollWidth > p.clientWidth)) return false;
    if (p.matches('section, aside, main, .card, .drop, td') && own.width && own.right > p.getBoundingClientRect().right + 1) return true;
  }
  return false;
}).map(e => e.outerHTML.slice(0, 90)).slice(0, 3)"""
NO_PAGE = re.compile(r"/file$|/evidence$|/xml$|/drawing$|\.(csv|xlsx|pdf)$")
# the browser's own parts, such as its PDF viewer, and what a page carries in itself
NOT_ASKED = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")
TELLING = {"/shipping": {"state"}, "/orders": {"which"}}  # what of a query makes another page, beside its tab


class Visit:
    """One person going through one family of pages, noting everything that is wrong."""

    def __init__(self, page: Page, house: House, door: str) -> None:
        self.page, self.house, self.door = page, house, door
        self.wrong: list[str] = []
        self.seen: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))

    def _note(self, what: str) -> None:
        self.wrong.append(f"{urlsplit(self.page.url).path}: {what}")

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error":  # reports of the content security policy come here too
            self._note(f"console: {said.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.house.url, *NOT_ASKED)):
            self._note(f"asks another host for {request.url}")

    def go(self) -> None:
        """From the door to every page of its family, each shape of address once and the first rows of its lists."""
        waiting, shapes = [self.door], set()
        while waiting:
            url = waiting.pop(0)
            if url in self.seen or not self._open(url):
                continue
            self.seen.append(url)
            self._look()
            for link, first_row in self._links():
                shape = _shape(link)
                if link not in waiting and (first_row or shape not in shapes):
                    shapes.add(shape)
                    waiting.append(link)

    def _open(self, url: str) -> bool:
        answer = self.page.goto(url)
        assert answer is not None
        if answer.status != 200:
            self.wrong.append(f"{url}: answers {answer.status}")
        return answer.status == 200

    def _look(self) -> None:
        self._axe("light", "{}")
        self.page.emulate_media(color_scheme="dark")
        self._axe("dark", "{runOnly: ['color-contrast']}")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(PHONE)
        self._fits("on a phone")
        self.page.set_viewport_size(DESK)
        self._fits("at a desk")

    def _fits(self, where: str) -> None:
        wide, cut = self.page.evaluate(f"[document.documentElement.scrollWidth - innerWidth, ({STICKING_OUT})()]")
        if wide > 0:
            self._note(f"{where}: {wide} px wider than the screen")
        for what in cut:
            self._note(f"{where}: sticks out of its part of the page: {what}")

    def _axe(self, how: str, options: str) -> None:
        found = self.page.evaluate(
            f"axe.run(document, {{iframes: false, resultTypes: ['violations'], ...{options}}})"
            ".then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0, 120)).slice(0, 3).join(' | ')}`))"
        )
        for problem in found:
            self._note(f"axe {how}: {problem}")

    def _links(self) -> list[tuple[str, bool]]:
        """The addresses of this family on the page; True for the first row of its list."""
        found = self.page.evaluate(
            "[...document.querySelectorAll('#main a[href]')].filter(a => !a.hasAttribute('download'))"
            ".map(a => [a.getAttribute('href'), !!a.closest('[data-row]')"
            f" && [...a.closest('[data-rows]')?.querySelectorAll('[data-row]') ?? []].slice(0, {ROWS.get(self.door, 1)})"
            ".includes(a.closest('[data-row]'))])"
        )
        mine = []
        for href, first in found:
            url = urljoin(self.page.url, href)
            split = urlsplit(url)
            fits = url.startswith(self.house.url) and re.fullmatch(FAMILIES[self.door], split.path)
            if fits and not NO_PAGE.search(split.path) and "download=1" not in split.query:
                mine.append((split._replace(fragment="", scheme="", netloc="").geturl(), first))
        return mine


def _shape(url: str) -> str:
    """An address without its numbers: two records have the same."""
    split = urlsplit(url)
    telling = {"tab"} | TELLING.get(split.path, set())
    asked = sorted((key, value) for key, value in parse_qsl(split.query) if key in telling)
    return f"{re.sub(r'[0-9]+', 'n', split.path)}?{urlencode(asked)}"


@pytest.mark.parametrize("door", FAMILIES)
def test_every_page_is_accessible_quiet_and_fits_a_phone(
    door: str, everybody: Callable[[], Page], house: House
) -> None:
    visit = Visit(everybody(), house, door)
    visit.go()
    print(f"{door}: {len(visit.seen)} pages")
    assert visit.seen, f"{door} does not open"
    assert not visit.wrong, "\n".join(dict.fromkeys(visit.wrong))


def test_the_navigation_has_no_other_doors(everybody: Callable[[], Page]) -> None:
    page = everybody()
    page.goto("/")
    doors = page.evaluate("[...document.querySelectorAll('#nav a')].map(a => a.getAttribute('href'))")
    assert set(doors) | {"/", "/account"} == set(FAMILIES)


def test_why_not_tells_each_act_in_whole_words(everybody: Callable[[], Page], house: House) -> None:
    page = everybody()
    tables = {"orders": "sales_order", "shipping": "shipment", "billing/invoices": "invoice", "work": "work_item"}
    tables |= {"production/tickets": "job_ticket", "inbox": "intake"}
    for address, table in tables.items():
        first = house.value(f"select min(id) from {table}")  # noqa: S608 - names of this file
        assert first, table
        page.goto(f"/{address}/{first}/why-not")
        assert page.locator(".why td").count(), address
        for width in (1280, 900, 360):
            page.set_viewport_size({"width": width, "height": 740})
            cut = page.evaluate(
                "[...document.querySelectorAll('.why td, .why td *')].filter(e => e.scrollWidth > e.clientWidth && e.clientWidth)"
                ".map(e => e.textContent)"
            )
            assert not cut, f"{address}, cut at {width} px: {cut}"


def test_the_pages_before_sign_in(context: Callable[..., BrowserContext], house: House) -> None:
    made = context()
    made.add_init_script(path=AXE)
    visit = Visit(made.new_page(), house, "/sign-in")
    for url in ("/sign-in", "/new-password", "/new-password/sent", "/new-password/MQ/wrong"):
        assert visit._open(url)
        visit._look()
    assert not visit.wrong, "\n".join(visit.wrong)


@pytest.fixture
def everybody(signed_in: Callable[..., BrowserContext], house: House) -> Callable[[], Page]:
    """A page of the person who holds every role, with axe at hand."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `npm ci` does it")
    house.settle()

    def seated() -> Page:
        made = signed_in(EVERYBODY, viewport=DESK, color_scheme="light")
        made.add_init_script(path=AXE)
        return made.new_page()

    return seated
