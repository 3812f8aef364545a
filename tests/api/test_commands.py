"""A shop system posts commands: what it gets back, and what happens to the order."""

import json

import pytest
from calling import Program, codes, token_for
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orderway.api import reading
from orderway.kernel.access import system_actor
from orderway.kernel.registry import commands
from orderway.kernel.running import ask, run
from orderway.people.models import Person


def orders_of(shop) -> int:
    return ask("orders.list", shop.manager, which="all").count


def test_a_shop_places_two_orders_and_reads_one_back(shop, program, order):
    answer = program.post("orders.place", order("PAP-A4-80", "100", their_reference="W-1"), order())
    assert answer.status_code == 200
    first, _ = answer.json()["done"]
    head = program.get("orders.one", id=first).json()
    assert (head["their_reference"], head["net"], head["number"]) == (
        "W-1",
        "450.000",
        answer.json()["values"]["numbers"][0],
    )


def test_the_same_key_twice_is_one_order(shop, program, order):
    first = program.post("orders.place", order(), key="W-2")
    again = program.post("orders.place", order(), key="W-2")
    assert (again.status_code, again.json()) == (200, first.json())
    assert orders_of(shop) == 1


def test_the_same_key_for_another_order_is_refused(shop, program, order):
    program.post("orders.place", order(), key="W-3")
    answer = program.post("orders.place", order(quantity="2"), key="W-3")
    assert (answer.status_code, codes(answer)) == (409, [("key-reused", None)])
    assert answer["Content-Type"] == "application/problem+json"
    assert orders_of(shop) == 1


def test_one_bad_order_stops_the_set_and_says_why(shop, program, order):
    answer = program.post("orders.place", order(), {**order(), "lines": []})
    assert (answer.status_code, codes(answer)) == (422, [("no-lines", 1)])
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("/api/docs#refused", 422)
    assert orders_of(shop) == 0


@pytest.mark.parametrize(
    ("spoil", "code", "field"),
    [
        ({"customer": 999_999}, "unknown-customer", "customer"),
        ({"lines": []}, "no-lines", "lines"),
        ({"lines": [{"item": 999_999, "quantity": 1}]}, "unknown-item", "lines.0.item"),
        ({"lines": [{"item": "ENV-DL", "quantity": 1}]}, "invalid", "lines.0.item"),
        ({"lines": [{"quantity": 1}]}, "invalid", "lines.0.item"),
        ({"extra": {"quantity": 0}}, "quantity-not-positive", "lines.1.quantity"),
        ({"extra": {"quantity": "many"}}, "invalid", "lines.1.quantity"),
        ({"extra": {"price": -1}}, "price-not-possible", "lines.1.price"),
        ({"extra": {"discount": 101}}, "price-not-possible", "lines.1.discount"),
        ({"payment_days": 400}, "unknown-term", "payment_days"),
        ({"payment_days": "soon"}, "invalid", "payment_days"),
    ],
)
def test_what_is_wrong_with_an_order_is_named_by_its_field(shop, program, order, spoil, code, field):
    good = order()["lines"][0]
    raw = {**order(), "lines": [good, {**good, **spoil.get("extra", {})}], **spoil}
    raw.pop("extra", None)
    answer = program.post("orders.place", raw)
    assert answer.status_code == 422
    assert [(no["code"], no["subject"], no["facts"]["field"]) for no in answer.json()["refusals"]] == [(code, 0, field)]
    assert orders_of(shop) == 0


def test_partial_places_what_can_be_placed(shop, program, order):
    answer = program.post("orders.place", order(), {**order(), "lines": []}, query="?partial=true")
    assert answer.status_code == 200
    assert len(answer.json()["done"]) == 1
    assert [(r["code"], r["subject"]) for r in answer.json()["refused"]] == [("no-lines", 1)]
    assert orders_of(shop) == 1


def test_partial_with_nothing_left_is_refused(program, order):
    answer = program.post("orders.place", {**order(), "lines": []}, query="?partial=true")
    assert (answer.status_code, codes(answer)) == (422, [("no-lines", 0)])


def test_a_dry_run_says_the_number_and_leaves_no_trace(shop, program, order):
    answer = program.post("orders.place", order(), query="?dry=true")
    assert answer.status_code == 200
    assert answer.json()["values"]["numbers"]
    assert orders_of(shop) == 0


def test_a_misspelt_field_is_not_overlooked(program, order):
    answer = program.post("orders.place", order(their_refrence="W-4"))
    assert (answer.status_code, codes(answer)) == (422, [("invalid", 0)])
    assert answer.json()["refusals"][0]["facts"]["field"] == "their_refrence"


def test_a_wrong_type_names_row_and_field_and_not_the_value(program, order):
    answer = program.post("orders.place", order(), {**order(), "lines": [{"item": "secret", "quantity": "1"}]})
    assert (answer.status_code, codes(answer)) == (422, [("invalid", 1)])
    assert answer.json()["refusals"][0]["facts"]["field"] == "lines.0.item"
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b" ", 400), (b"\xff", 400), (b"[" * 5000, 400), (b'{"rows": [{"customer": ' + b"9" * 5000 + b"}]}", 400),
        (b"[]", 422), (b"{}", 422), (b'{"rows": []}', 422), (b'{"rows": [1]}', 422), (b'{"rows": [{}], "also": 1}', 422),
    ],
)  # fmt: skip
def test_what_is_no_set_of_rows_is_a_problem(program, body, status):
    answer = program.post("orders.place", body=body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_values_that_no_column_holds_are_refused(program, order):
    for spoilt in (order(their_reference="a\0b"), order(quantity="1" + "0" * 40), order(ship_country="ABC")):
        answer = program.post("orders.place", spoilt)
        assert (answer.status_code, codes(answer)) == (422, [("out-of-range", None)]), answer.content


def test_two_rows_about_the_same_thing_are_refused(shop):
    administrator = Program(token_for(shop.administrator))
    answer = administrator.post("people.open_departments", {"key": "night", "name": "A"}, {"key": "night", "name": "B"})
    assert (answer.status_code, codes(answer)) == (422, [("twice-in-the-set", None)])


def test_what_only_a_constraint_forbids_is_refused_too(shop):
    administrator = Program(token_for(shop.administrator))
    same = {"number": "NEW-1", "name": "New"}
    answer = administrator.post("catalog.add_items", same, same)
    assert (answer.status_code, codes(answer)) == (422, [("against-constraint", None)])
    assert answer.json()["refusals"][0]["facts"]["constraint"]


def test_a_body_over_the_limit_is_not_read(program, order, monkeypatch):
    monkeypatch.setattr(reading, "BODY_LIMIT", 100)
    assert program.post("orders.place", *[order()] * 3).status_code == 413


def test_only_json_is_read(shop, program):
    headers = {"Authorization": f"Bearer {program.token}"}
    answer = program.client.post("/api/commands/orders.place", {"rows": "1"}, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")


@pytest.mark.parametrize("query", ["?dry=maybe", "?dyr=true", "?dry=true&dry=maybe"])
def test_a_flag_that_is_not_understood_changes_nothing(shop, program, order, query):
    assert program.post("orders.place", order(), query=query).status_code == 400
    assert orders_of(shop) == 0


def test_a_key_that_is_no_key_is_refused(program, order):
    assert program.post("orders.place", order(), key="x" * 201).status_code == 400


def test_commands_are_posted_and_queries_got(shop, program):
    headers = {"Authorization": f"Bearer {program.token}"}
    got = program.client.get("/api/commands/orders.place", headers=headers)
    posted = program.client.post("/api/queries/orders.list", {}, "application/json", headers=headers)
    assert (got.status_code, got["Allow"]) == (405, "POST")
    assert (posted.status_code, posted["Allow"]) == (405, "GET, HEAD")


def test_what_is_not_there_is_not_found(program):
    assert program.post("orders.conjure", {}).status_code == 404
    assert program.get("orders.fortune").status_code == 404


def test_a_stranger_gets_404_for_our_order_and_cannot_touch_it(shop, program, order):
    (id,) = program.post("orders.place", order()).json()["done"]
    stranger = Program(token_for(shop.stranger))
    assert stranger.get("orders.one", id=id).status_code == 404
    assert stranger.get("orders.lines", id=id).json()["rows"] == []
    assert stranger.get("orders.list").json()["count"] == 0
    answer = stranger.post("orders.confirm", {"id": id})
    assert (answer.status_code, codes(answer)) == (422, [("unknown-order", id)])


def test_a_call_by_token_costs_one_statement_more_than_the_command(shop, program, order):
    def placed_directly():
        with CaptureQueriesContext(connection) as captured:
            run("orders.place", shop.manager, commands["orders.place"].read([order()])[0], key=f"d{len(counts)}")
        return len(captured)

    counts: list[int] = []
    counts.append(placed_directly())
    counts.append(placed_directly())
    with CaptureQueriesContext(connection) as captured:
        assert program.post("orders.place", order(), key="W-5").status_code == 200
    assert len(captured) == counts[1] + 1


def test_a_page_of_ours_calls_with_its_session_and_its_csrf_token(shop, order):
    page = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    page.force_login(Person.objects.get(pk=shop.manager.id))
    assert page.get("/api/queries/orders.list").status_code == 200
    body = json.dumps({"rows": [order()]})
    foreign = page.post("/api/commands/orders.place", body, "application/json")
    assert (foreign.status_code, foreign.json()["type"]) == (403, "/api/docs#foreign-page")
    page.cookies["csrftoken"] = "a" * 32
    own = {"X-CSRFToken": "a" * 32}
    assert page.post("/api/commands/orders.place", body, "application/json", headers=own).status_code == 200
    elsewhere = page.get("/api/queries/orders.list", headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 401


def test_lists_come_a_page_at_a_time(shop, program, order):
    run("orders.place", system_actor(shop.company), commands["orders.place"].read([order()] * 5)[0])
    first = program.get("orders.list", size=3).json()
    rest = program.get("orders.list", size=3, after=first["next"]).json()
    assert (len(first["rows"]), first["count"], len(rest["rows"]), rest["next"]) == (3, 5, 2, None)
    assert not {row["id"] for row in first["rows"]} & {row["id"] for row in rest["rows"]}


@pytest.mark.parametrize("asked", [{"id": "x"}, {}, {"id": "1", "colour": "red"}, {"id": ["1", "2"]}, {"id": 2**70}])
def test_a_question_that_does_not_fit_is_refused(program, asked):
    assert program.get("orders.one", **asked).status_code == 422
