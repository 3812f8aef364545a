"""Every page for every role: it opens or it refuses, and it never breaks; what belongs to another company is not there."""

from typing import Any

import pytest

from orderway.kernel.access import ROLES
from orderway.kernel.registry import commands
from orderway.kernel.running import run
from orderway.parties.commands import TakeOn

PAGES = [
    "/",
    "/orders",
    "/orders?which=archived&sort=-net&q=26",
    "/orders?late=1&due=7&mine=1&state=held&channel=phone&after=50",
    "/orders?customer=abc&after=x&size=-3&state=%00&sort=nonsense",
    "/orders?customer=99999999999999999999&after=99999999999&size=99999999999&due=99999999999",
    "/orders/{order}",
    "/orders/{order}?tab=parcel",
    "/orders/{order}?tab=map",
    "/orders/{order}?tab=money",
    "/orders/{order}?tab=activity",
    "/customers",
    "/customers?q=Kanzlei&customers=1&sort=-city",
    "/customers/{customer}",
    "/customers/{customer}?tab=invoices",
    "/customers/{customer}?tab=details",
    "/items",
    "/items?kind=goods&q=PAP",
    "/items/{item}",
    "/items/{item}?tab=stock",
    "/items/{item}?tab=moves",
    "/items/{item}?tab=buyers",
    "/items/{item}?tab=details",
    "/stock",
    "/stock?warehouse=main&q=PAP&sort=-free",
    "/stock/{item}",
    "/stock/queue",
    "/stock/queue?sort=-served",
    "/stock/queue?sort=item",
    "/orders/{order}/priority",
    "/orders?priority=2&sort=-priority",
    "/orders?sort=-promise",
    "/account",
    "/palette?q=kanz",
    "/palette?q=",
    "/orders/new/customers?customer=Kan",
]
# pages of one command: who may use the command opens them, all others are refused
FOR_COMMAND = {
    "/orders/new": "orders.place",
    "/orders/new?copy={order}": "orders.place",
    "/customers/new": "parties.take_on",
    "/items/new": "catalog.add_items",
    "/items/{item}/price": "catalog.set_prices",
    "/stock/move": "stock.move",
}


@pytest.fixture
def places(shop: Any, order: int) -> dict[str, int]:
    return {"order": order, "customer": shop.customers["10001"], "item": shop.items["PAP-A4-80"]}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_opens_every_reading_page(role, as_, places):
    browser = as_(role)
    for page in PAGES:
        answer = browser.get(page.format(**places))
        assert answer.status_code == 200, (page, answer.status_code)
        assert "script-src 'self'" in answer["Content-Security-Policy"], page


@pytest.mark.parametrize("role", ROLES)
def test_a_page_for_a_command_opens_for_its_roles_only(role, as_, places):
    browser = as_(role)
    for page, command in FOR_COMMAND.items():
        wanted = 200 if role in commands[command].roles else 403
        answer = browser.get(page.format(**places))
        assert answer.status_code == wanted, (page, answer.status_code)
        assert "Content-Security-Policy" in answer


@pytest.mark.parametrize("role", ROLES)
def test_an_order_offers_only_what_the_role_may_do(role, as_, order):
    page = as_(role).get(f"/orders/{order}").content.decode()
    for verb in ("confirm", "hold", "cancel"):
        assert (f"/orders/{order}/{verb}" in page) == (role in commands[f"orders.{verb}"].roles)


@pytest.mark.parametrize("role", ROLES)
def test_a_verb_of_another_role_is_refused_even_when_posted_by_hand(role, as_, order):
    answer = as_(role).post(f"/orders/{order}/cancel", {"reason": "no"})
    assert answer.status_code == (302 if role in commands["orders.cancel"].roles else 403)


def test_the_neighbour_finds_nothing_of_ours(shop, as_, places):
    browser = as_(shop.stranger)
    run("parties.take_on", shop.manager, [TakeOn("Nur Unsere KG", "DE")])
    for page in [page for page in (*PAGES, *FOR_COMMAND) if "{" in page]:
        assert browser.get(page.format(**places)).status_code == 404, page
    for verb in ("confirm", "hold", "cancel", "verify"):
        assert browser.post(f"/orders/{places['order']}/{verb}", {"reason": "x"}).status_code in (302, 404)
    assert as_("manager").get(f"/orders/{places['order']}").content.count(b"Placed")
    for page in ("/palette?q=Unsere", "/customers", "/orders/new/customers?customer=Unsere"):
        assert b"Nur Unsere" in as_("manager").get(page).content
        assert b"Nur Unsere" not in browser.get(page).content
    assert b"26-" not in browser.get("/orders").content


def test_nobody_is_let_in_without_signing_in(client, places):
    for page in [*PAGES, *FOR_COMMAND]:
        answer = client.get(page.format(**places))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in")


@pytest.fixture
def client(shop: Any) -> Any:
    from django.test import Client

    return Client(headers={"host": "localhost"})


def test_pages_that_do_not_exist_say_so(as_):
    browser = as_("manager")
    for page in (
        "/nowhere",
        "/orders/999999",
        "/orders/999999?tab=map",
        "/customers/999999",
        "/items/999999",
        "/stock/999999",
        f"/orders/{10**30}",
    ):
        assert browser.get(page).status_code == 404
    answer = browser.get("/nowhere")
    assert b"There is no such page" in answer.content
    assert "Content-Security-Policy" in answer


def test_who_holds_no_role_is_told_so_and_not_sent_round_in_circles(shop, as_):
    from orderway.people.models import RoleGrant

    browser = as_("auditor")
    RoleGrant.objects.filter(person_id=shop.auditor.id).delete()
    answer = browser.get("/orders")
    assert answer.status_code == 403
    assert b"You hold no role" in answer.content
