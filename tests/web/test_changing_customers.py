"""A customer moves, gets other terms, and is recognised by the new signs; orders keep what held on their day."""

import html
import re
from decimal import Decimal as D

import pytest

from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import ChangeParty, TakeOn
from orderway.parties.queries import recognise

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer(shop):
    row = TakeOn("Alt & Co", "DE", street="Alte Gasse 1", city="Weismain", email="alt@co.example", credit_limit=D(500))
    return run("parties.take_on", shop.manager, [row]).done[0]


def test_only_what_is_given_changes_and_can_be_undone(shop, customer):
    order = PlaceOrder(customer, [PlaceLine(shop.items["ENV-DL"], D(1))])
    (placed,) = run("orders.place", shop.manager, [order]).done
    outcome = run(
        "parties.change", shop.manager, [ChangeParty(customer, street="Neue Gasse 9", email="neu@co.example")]
    )
    assert outcome.ok
    party = ask("parties.one", shop.manager, id=customer)
    assert (party.street, party.email, party.city, party.credit_limit) == (
        "Neue Gasse 9",
        "neu@co.example",
        "Weismain",
        500,
    )
    assert ask("orders.one", shop.manager, id=placed).ship_street == "Alte Gasse 1"
    told = ask("kernel.timeline", shop.manager, root_type="party", root_id=customer)[-1]
    assert told.name == "party.changed"
    from orderway.kernel.registry import Ref

    assert run("kernel.undo", shop.manager, [Ref(told.command_id)]).ok
    assert ask("parties.one", shop.manager, id=customer).street == "Alte Gasse 1"


def test_a_new_address_is_recognised(shop, customer):
    from orderway.kernel import clock
    from orderway.kernel.context import Reader

    run("parties.change", shop.manager, [ChangeParty(customer, email="Neu@Co.example")])
    found = recognise(Reader(shop.manager, clock.now()), [("email", "neu@co.example"), ("email", "alt@co.example")])
    assert {sign: row.party_id for sign, row in found.items()} == {
        ("email", "neu@co.example"): customer,
        ("email", "alt@co.example"): customer,
    }


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "name-missing"),
        ({"country": "Germany"}, "unknown-country"),
        ({"prepay_percent": D(101)}, "terms-not-possible"),
        ({"payment_days": -1}, "terms-not-possible"),
    ],
)
def test_what_no_party_can_be(shop, customer, wrong, code):
    assert [r.code for r in run("parties.change", shop.manager, [ChangeParty(customer, **wrong)]).refused] == [code]


def test_another_company_s_party_is_not_there(shop, customer):
    assert [r.code for r in run("parties.change", shop.stranger, [ChangeParty(customer, city="X")]).refused] == [
        "unknown-party"
    ]


def test_the_page_changes_it(shop, as_, customer):
    browser = as_("manager")
    page = html.unescape(browser.get(f"/customers/{customer}/edit").content.decode())
    assert 'value="Alte Gasse 1"' in page
    form = {
        "name": "Neu & Co", "vat_id": "", "street": "Neue Gasse 9", "postcode": "96260", "city": "Weismain", "country": "de",
        "email": "neu@co.example", "phone": "", "language": "de", "price_group": "list", "payment_days": "30",
        "prepay_percent": "0", "credit_limit": "",
    }  # fmt: skip
    assert browser.post(f"/customers/{customer}/edit", form)["Location"] == f"/customers/{customer}?tab=details"
    token = re.search(
        r'class="undo" name="token" value="(\d+)"', browser.get(f"/customers/{customer}").content.decode()
    )
    assert browser.post("/undo", {"token": token[1]}).json() == {"text": "Undone"}
    assert 'value="Alte Gasse 1"' in html.unescape(browser.get(f"/customers/{customer}/edit").content.decode())
    browser.post(f"/customers/{customer}/edit", form)
    browser.post(f"/customers/{customer}/edit", form)
    page = browser.get(f"/customers/{customer}").content.decode()
    assert page.count('name="token" value=') == 1, "what changed nothing has nothing to undo"
    party = ask("parties.one", shop.manager, id=customer)
    assert (party.name, party.country, party.payment_days, party.credit_limit) == ("Neu & Co", "DE", 30, None)
    wrong = browser.post(f"/customers/{customer}/edit", {**form, "payment_days": "soon"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.content.decode()
    assert as_("warehouse").get(f"/customers/{customer}/edit").status_code == 403
