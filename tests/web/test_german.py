"""German is whole: every string of the source has its words, they keep their places, and no page falls back to English."""

import gettext
import html
import io
import re
from typing import Any

import pytest

from orderway.web import catalogue

HOLE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w+)\}")
PAGES = [
    "/",
    "/orders",
    "/orders?q=zzzz",
    "/orders/{order}",
    "/orders/{order}?tab=parcel",
    "/orders/{order}?tab=map",
    "/orders/{order}?tab=money",
    "/orders/{order}?tab=activity",
    "/orders/{order}/confirm",
    "/orders/{order}/hold",
    "/orders/new",
    "/customers",
    "/customers/new",
    "/customers/{customer}?tab=details",
    "/items",
    "/items/new",
    "/items/{item}",
    "/items/{item}?tab=details",
    "/items/{item}/price",
    "/stock",
    "/stock/move",
    "/stock/queue",
    "/stock/patience",
    "/orders/{order}/priority",
    "/orders/{order}/urgent",
    "/exceptions",
    "/stock/{item}",
    "/account",
    "/nowhere",
]


@pytest.fixture(scope="module")
def german() -> dict[catalogue.Message, list[str]]:
    return catalogue.read(catalogue.LOCALE / "de" / "LC_MESSAGES" / "django.po")


def test_no_german_string_is_missing():
    assert [f"{place}: {message.text}" for message, place in catalogue.missing("de")] == []


def test_translations_keep_the_places_of_their_values(german):
    wrong = []
    for message, texts in german.items():
        wanted = set(HOLE.findall(message.plural or message.text))
        if message.text and set(HOLE.findall(texts[-1])) != wanted:
            wrong.append((message.text, texts))
        if message.plural and len(texts) != 2:
            wrong.append((message.text, texts))
    assert wrong == []


def test_the_compiled_catalogue_reads_back_with_the_standard_library(german):
    known = gettext.GNUTranslations(io.BytesIO(catalogue.compiled(german)))
    for message, texts in german.items():
        if not message.text:
            continue
        if message.plural:
            assert [known.ngettext(message.text, message.plural, n) for n in (1, 2, 0)] == [
                texts[0],
                texts[1],
                texts[1],
            ]
        elif message.context:
            assert known.pgettext(message.context, message.text) == texts[0]
        else:
            assert known.gettext(message.text) == texts[0]


def test_a_string_that_nobody_translated_is_found(tmp_path, monkeypatch):
    (tmp_path / "page.py").write_text("from django.utils.translation import gettext as _\n_('Nobody translated me')\n")
    (tmp_path / "web" / "templates").mkdir(parents=True)
    template = "{% load i18n %}{% translate 'Nor me' %}{% blocktranslate count n=x %}One {{ n }}{% plural %}Many {{ n }}{% endblocktranslate %}"
    (tmp_path / "web" / "templates" / "page.html").write_text(template)
    monkeypatch.setattr(catalogue, "SOURCE", tmp_path)
    found = {message.text for message, _ in catalogue.missing("de")}
    assert found == {"Nobody translated me", "Nor me", "One %(n)s"}


@pytest.mark.parametrize("role", ["manager", "warehouse", "accountant"])
def test_no_page_falls_back_to_english(role: str, shop: Any, as_: Any, order: int, german: Any):
    catalogue.compile_all()
    browser = as_(role, "de")
    english = {
        m.text for m, texts in german.items() if not HOLE.search(m.text) and texts[0] != m.text and len(m.text) > 7
    }
    english -= {text for texts in german.values() for text in texts}
    left = []
    for page in PAGES:
        url = page.format(order=order, customer=shop.customers["10001"], item=shop.items["PAP-A4-80"])
        source = html.unescape(browser.get(url).content.decode())
        source = re.sub(
            r'<(script|style|meta|link)[^>]*>|(href|src|name|class|id|for|value|data-[a-z-]*url)="[^"]*"', "", source
        )
        pieces = {
            piece.strip() for piece in re.findall(r'>([^<>]+)<|"([^"<>]+)"', source) for piece in piece if piece.strip()
        }
        left += [f"{url}: {text}" for text in sorted(pieces & english)]
    assert left == []


def test_dates_numbers_and_money_are_written_the_german_way(shop: Any, as_: Any, order: int):
    page = as_("manager", "de").get(f"/orders/{order}").content.decode()
    for text in ("147,56\u00a0€", "124,00", "USt. 19", "Auftrag erfasst"):
        assert text in page, text
    assert 'lang="de"' in page
