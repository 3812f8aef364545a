"""In German no page shows a word that has a translation, and no English sentence that was never marked for one."""

import gettext
import re
from collections.abc import Callable
from functools import cache

import pytest
from installation import ROOT
from lived_in import GERMAN
from playwright.sync_api import BrowserContext, Page, expect
from test_every_page import STICKING_OUT

CATALOGUE = ROOT / "src" / "orderway" / "web" / "locale" / "de" / "LC_MESSAGES" / "django.mo"
PAGES = {
    "office": (
        "/",
        "/inbox",
        "/inbox/upload",
        "/work",
        "/work/table",
        "/orders?which=all&q=OBT-1",  # none of other stories, whose maps bear English words
        "/orders/new",
        "/customers",
        "/customers/new",
    ),
    "goods": (
        "/items",
        "/items/new",
        "/stock",
        "/stock/move",
        "/stock/queue",
        "/stock/patience",
        "/exceptions",
        "/production",
        "/production/plan",
        "/production/progress",
        "/shipping",
    ),
    "house": (
        "/billing",
        "/billing/invoices",
        "/billing/open-items",
        "/archive",
        "/reports",
        "/maps",
        "/tour",
        "/account",
    ),
}
# words of the shop's own data, which nobody translates
DATA = re.compile(
    r"Copy paper|Munken|Envelope|Letterhead|Design work|Coated|Woodfree|Harrow & Finch|The customer |too many|Are you open|Opening hours"
    r"|Main hall|Annex|1 Street|of Kessler|^[A-Z][a-z]+ team$|^English$"
)
# what only programs call something: names of steps, kinds, events and refusals
CODE = re.compile(r"[a-z]+([_-][a-z]+)+|[a-z_]+: [a-z ]+|[a-z-]+ \{.*")
ENGLISH = re.compile(r"\b(the|and|of|with|are|this|from|your|you|has|been|by|for|to|is|it|or|no|on|at)\b")
SHOWN = """() => {
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const parent = node.parentElement;
    if (parent.closest("script, style, template, pre, .plain-text, [lang=en]")) continue;
    if (parent.closest("option") || parent.checkVisibility({visibilityProperty: true})) seen.push(node.data);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"]) if (element.hasAttribute(name)) seen.push(element.getAttribute(name));
  seen.push(document.title.split(" · ")[0]);
  return seen.map(text => text.replace(/\\s+/g, " ").trim()).filter(text => /[A-Za-z]{2}/.test(text));
}"""


@cache
def english() -> tuple[frozenset[str], list[re.Pattern[str]]]:
    """What has a German translation, as plain texts and as patterns for texts with places to fill in."""
    with CATALOGUE.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    pairs = {
        (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2]: value
        for key, value in catalogue.items()
        if key
    }
    german = set(pairs.values())
    told = [text for text, value in pairs.items() if text != value and text not in german]
    for map in (ROOT / "src" / "orderway" / "workflow" / "maps").glob("*.bpmn"):
        translated = [tag for tag in re.findall(r"<[^>]+>", map.read_text("utf-8")) if re.search(r"[ :]de=", tag)]
        told += [found[1] for tag in translated if (found := re.search(r' (?:name|label)="([^"]+)"', tag))]
    plain = frozenset(text for text in told if not re.search(r"%\(|%[sd]|\{", text))
    gaps = [
        text
        for text in told
        if text not in plain and len(re.findall("[A-Za-z]{2,}", re.sub(r"%\(\w+\)\w|\{\w*\}", "", text))) > 1
    ]
    return plain, [re.compile(re.sub(r"%\\\(\w+\\\)\w|\\\{\w*\\\}", ".+?", re.escape(text))) for text in gaps]


@pytest.mark.parametrize("part", PAGES)
def test_nothing_is_left_in_english(part: str, in_german: Callable[[], Page]) -> None:
    page, left = in_german(), []
    for address in PAGES[part]:
        page.goto(address)
        left += _english_on(page)
        row = page.locator("#main [data-row] a[href], #main a.item[href]").first
        if row.count() and (inside := row.get_attribute("href")):
            page.goto(inside)
            left += _english_on(page)
            for tab in page.evaluate("[...document.querySelectorAll('#main nav.tabs a')].map(a => a.href)")[1:5]:
                if "tab=" in tab:
                    page.goto(tab)
                    left += _english_on(page)
    assert not left, "\n".join(dict.fromkeys(left))


def _english_on(page: Page) -> list[str]:
    plain, patterns = english()
    expect(page.locator("[data-map-url]:not([data-ready])")).to_have_count(0)  # a map is drawn after its page
    where = page.url.partition("//")[2].partition("/")[2]
    left = [f"/{where}: longer in German, it sticks out: {what}" for what in page.evaluate(STICKING_OUT)]
    for text in page.evaluate(SHOWN):
        if DATA.search(text):
            continue
        if text in plain or any(pattern.fullmatch(text) for pattern in patterns):
            left.append(f"/{where}: “{text}” has a translation")
        elif CODE.fullmatch(text):
            left.append(f"/{where}: “{text}” is a word for programs")
        elif len(ENGLISH.findall(text)) > 1 or (ENGLISH.search(text) and text.isascii() and len(text.split()) > 3):
            left.append(f"/{where}: “{text}” is not marked for translation")
    return left


@pytest.fixture
def in_german(signed_in: Callable[..., BrowserContext]) -> Callable[[], Page]:
    """A page of the German colleague who holds every role."""
    return lambda: signed_in(GERMAN, locale="de-DE").new_page()
