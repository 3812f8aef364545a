"""A comment reaches the colleague who is meant, and only them; views are one's own."""

import pytest

from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.comment import CommentOrder, mentioned
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.people.commands.noting import KeepView

pytestmark = pytest.mark.usefixtures("db")
CALLED = {"markus hofmann": 1, "markus": 1, "markus.hofmann": 1, "lena schramm": 2, "lena": 2, "lena.schramm": 2}


@pytest.mark.parametrize(
    ("text", "people", "unknown"),
    [
        ("@Markus please look", [1], ""),
        ("@Markus Hofmann and @lena.schramm: look, @markus!", [1, 2], ""),
        ("write to lena@kessler.example", [], ""),
        ("@Mark, look", [], "Mark"),
        ("@Lenas list", [], "Lenas"),
        ("nobody @ all", [], ""),
    ],
)
def test_who_is_mentioned(text, people, unknown):
    assert mentioned(text, CALLED) == (people, unknown)


@pytest.fixture
def order(shop):
    row = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], 1)])
    return run("orders.place", shop.manager, [row]).done[0]


def notices(actor):
    return list(ask("people.notices", actor, unseen=True).rows)


def test_who_is_mentioned_has_a_notice_until_they_have_read_it(shop, order):
    text = "@Accountant of Kessler what about the price?"
    assert run("orders.comment", shop.manager, [CommentOrder(order, text)]).ok
    (notice,) = notices(shop.accountant)
    number = ask("orders.one", shop.manager, id=order).number
    assert (notice.label, notice.text, notice.by_name) == (number, text, "Manager of Kessler")
    assert notices(shop.manager) == [], "not who wrote it"
    assert notices(shop.warehouse) == [], "nor anybody else"
    other = run("people.see_notices", shop.warehouse, [Ref(notice.id)])
    assert [r.code for r in other.refused] == ["unknown-notice"]
    assert run("people.see_notices", shop.accountant, [Ref(notice.id)]).ok
    assert notices(shop.accountant) == []
    told = [
        e for e in ask("kernel.timeline", shop.manager, root_type="order", root_id=order) if e.name == "order.commented"
    ]
    assert len(told) == 1


def test_a_name_that_calls_nobody_is_said_and_the_comment_is_not_lost_in_silence(shop, order):
    outcome = run("orders.comment", shop.manager, [CommentOrder(order, "@Nobody look")])
    assert [(r.code, r.facts["name"]) for r in outcome.refused] == [("unknown-colleague", "Nobody")]
    assert [r.code for r in run("orders.comment", shop.manager, [CommentOrder(order, "  ")]).refused] == [
        "comment-missing"
    ]
    assert [r.code for r in run("orders.comment", shop.stranger, [CommentOrder(order, "hm")]).refused] == [
        "unknown-order"
    ]


def test_views_are_ones_own(shop):
    late = KeepView("/orders", "My late ones", "?late=1&after=50&sort=net")
    (id,) = run("people.keep_view", shop.manager, [late]).done
    (view,) = ask("people.views", shop.manager, page="/orders")
    assert (view.name, view.question) == ("My late ones", "late=1&sort=net")
    assert ask("people.views", shop.manager, page="/items") == []
    assert ask("people.views", shop.accountant, page="/orders") == []
    again = run("people.keep_view", shop.manager, [KeepView("/orders", "My late ones", "state=held")])
    assert again.done == [id]
    assert [r.code for r in run("people.drop_views", shop.accountant, [Ref(id)]).refused] == ["unknown-view"]
    assert run("people.drop_views", shop.manager, [Ref(id)]).ok
    assert ask("people.views", shop.manager, page="/orders") == []


@pytest.mark.parametrize("page", ["https://evil.example", "//evil.example", "/orders?x=1", ""])
def test_a_view_leads_to_a_page_of_ours(shop, page):
    assert [r.code for r in run("people.keep_view", shop.manager, [KeepView(page, "x")]).refused] == ["unknown-page"]


def test_only_the_administration_gives_views_to_others(shop):
    row = KeepView("/orders", "For you", "late=1", shop.warehouse.id)
    assert [r.code for r in run("people.keep_view", shop.manager, [row]).refused] == ["not-yours"]
    assert run("people.keep_view", shop.administrator, [row]).ok
    assert [view.name for view in ask("people.views", shop.warehouse, page="/orders")] == ["For you"]
