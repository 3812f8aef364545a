"""Talking about an order where it stands: a comment, a mention, the bell; and lists as one likes them."""

import html
import re

import pytest

from orderway.kernel import desk
from orderway.kernel.access import ROLES
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.mail.commands import WriteMessage


def text(answer):
    return html.unescape(answer.content.decode())


def bell(page):
    found = re.search(r'id="notices"[^>]*>.*?</a>', page, re.DOTALL)[0]
    count = re.search(r'class="new"[^>]*>(\d+)<', found)
    return int(count[1]) if count else 0


def test_a_comment_rings_the_bell_of_who_is_mentioned(shop, as_, order):
    manager, accountant = as_("manager"), as_("accountant")
    answer = manager.post(f"/orders/{order}/comment", {"text": "@Accountant of Kessler is this price right?"})
    assert answer["Location"] == f"/orders/{order}"
    assert "is this price right?" in text(manager.get(f"/orders/{order}"))
    home = text(accountant.get("/"))
    assert bell(home) == 1
    assert "Colleagues wrote to you" in home
    assert bell(text(as_("warehouse").get("/"))) == 0
    page = text(accountant.get("/notices"))
    assert "is this price right?" in page
    (opens,) = re.findall(r'action="(/notices/\d+)"', page)
    assert accountant.post(opens)["Location"] == f"/orders/{order}"
    assert bell(text(accountant.get("/"))) == 0


def test_a_name_that_nobody_has_is_said_and_the_words_stay(shop, as_, order):
    browser = as_("manager")
    answer = browser.post(f"/orders/{order}/comment", {"text": "@Mannager look"}, follow=True)
    assert "Nobody here is called Mannager" in text(answer)
    assert 'value="@Mannager look"' in text(answer)


def test_what_stopped_and_mails_that_failed_ring_for_who_can_help(shop, as_, order):
    desk.put(shop.company, "orders.confirm", [("wrong-state", None, order, {"number": "26-1", "state": "held"})])
    (mail,) = run("mail.write", shop.manager, [WriteMessage(["a@b.example"], "Your order", "Text", "t:1")]).done
    fetch("update message set state = 'failed', error = 'no route' where id = %(id)s::bigint", {"id": mail})
    page = text(as_("manager").get("/notices"))
    assert bell(page) == 2
    assert "26-1 is On hold; this is not possible now." in page
    (stopped,) = ask("capture.exceptions", shop.manager).rows
    assert f'href="/exceptions/{stopped.id}"' in page, "there it is settled"
    assert "no route" in page
    assert bell(text(as_("warehouse").get("/notices"))) == 0
    assert as_("manager").post("/notices/resend").status_code == 302
    assert ask("mail.one", shop.manager, id=mail).state == "ready"


@pytest.mark.parametrize("role", ROLES)
def test_everybody_has_a_bell(shop, as_, role):
    assert "Nothing new." in text(as_(role).get("/notices"))


def test_a_list_is_kept_under_a_name_and_dropped(shop, as_, order):
    browser = as_("manager")
    page = text(browser.get("/orders?channel=phone&late=1&sort=net"))
    (keep,) = re.findall(r'href="(/views/keep\?[^"]+)"', page)
    assert "Keep this view" in text(browser.get(keep))
    assert browser.post(keep, {"name": "Late by phone"})["Location"].startswith("/orders?")
    page = text(browser.get("/orders"))
    (url,) = re.findall(r'href="([^"]+)">Late by phone', page)
    assert 'aria-current="page">Late by phone' in text(browser.get(url))
    assert "Late by phone" not in text(as_("accountant").get("/orders"))
    assert "Late by phone" not in text(browser.get("/items"))
    (drop,) = re.findall(r'action="(/views/\d+/drop)"', text(browser.get(keep)))
    assert browser.post(drop, {"back": "/orders"})["Location"] == "/orders"
    assert "Late by phone" not in text(browser.get("/orders"))


def test_a_view_never_leads_elsewhere(shop, as_):
    browser = as_("manager")
    assert browser.post("/views/keep?page=//evil.example&question=", {"name": "x"}).status_code == 422
    assert browser.post("/views/1/drop", {"back": "//evil.example"})["Location"] == "/"
