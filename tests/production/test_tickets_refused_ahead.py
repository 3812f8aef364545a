"""Why not?: what keeps a job ticket from being placed, started or finished, or a print job from its form and its papers, is told ahead
as the acts themselves say it (OW-05)."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import press_room
import told_ahead

from orderway.billing.commands.prepay import Prepay
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.production.commands.plan import FinishTicket, PlanTicket
from orderway.production.refusing import PrintLeaves, TicketLeaves, judges, print_judges

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(shop: Any, ticket: int) -> dict[str, list[str]]:
    far = MONDAY + timedelta(days=400)  # where every machine is free
    tries = {
        "production.plan": (shop.planner, PlanTicket(ticket, far)),
        "production.start": (shop.production, Ref(ticket)),
        "production.finish": (shop.production, FinishTicket(ticket, D(1))),
    }
    neutral = TicketLeaves(ticket, 0, "", "planned", "confirmed", False, 0, "", None, "")
    return told_ahead.told("production.why_not", judges, shop.production, ticket, tries, neutral)


def told_of_job(shop: Any, order: int) -> dict[str, list[str]]:
    tries = {
        "production.specify": (shop.manager, press_room.form(order)),
        "production.make_papers": (shop.manager, Ref(order)),
    }
    neutral = PrintLeaves(order, "", "placed", 1, 0, 1)
    return told_ahead.told("production.why_not_order", print_judges, shop.manager, order, tries, neutral)


def first(shop: Any, order: int) -> int:
    return int(ask("production.tickets", shop.planner, order=order)[0].id)


def act(shop: Any, name: str, ticket: int, hour: int = 0) -> bool:
    row: Any = {
        "plan": PlanTicket(ticket, MONDAY + timedelta(hours=hour)),
        "start": Ref(ticket),
        "finish": FinishTicket(ticket, D(900), D(20)),
    }[name]
    return run(f"production.{name}", system_actor(shop.company), [row]).ok


def test_a_ticket_is_placed_then_started_then_finished_and_says_what_comes_first(press: Any) -> None:
    (order,) = press_room.with_tickets(press)
    ticket = first(press, order)
    wrong = ["wrong-ticket-state"]
    assert told(press, ticket) == {"plan": [], "start": wrong, "finish": wrong}
    assert act(press, "plan", ticket)
    assert told(press, ticket) == {"plan": [], "start": [], "finish": wrong}
    assert act(press, "start", ticket)
    assert told(press, ticket) == {"plan": wrong, "start": wrong, "finish": []}
    assert act(press, "finish", ticket)
    assert told(press, ticket) == {"plan": wrong, "start": wrong, "finish": wrong}
    assert ask("production.why_not", press.stranger, id=ticket) is None


def test_the_form_is_filled_in_while_the_order_is_new_and_comes_before_the_papers(press: Any) -> None:
    (order,) = press_room.placed(press)
    assert told_of_job(press, order) == {"specify": [], "make_papers": ["no-specification"]}
    assert run("production.specify", press.manager, [press_room.form(order)]).ok
    assert told_of_job(press, order) == {"specify": [], "make_papers": []}
    assert run("orders.hold", press.manager, [HoldOrder(order, "unclear")]).ok
    assert told_of_job(press, order) == {"specify": ["wrong-state"], "make_papers": []}
    assert run("orders.cancel", press.manager, [HoldOrder(order, "needs none")]).ok
    assert told_of_job(press, order) == {"specify": ["wrong-state"], "make_papers": ["wrong-state"]}
    assert ask("production.why_not_order", press.stranger, id=order) is None


def test_an_order_without_printed_matter_is_told_nothing_of_print(press: Any) -> None:
    lines = [PlaceLine(press.items["PAP-A4-80"], D(4))]
    (order,) = run("orders.place", press.manager, [PlaceOrder(press.customers["10001"], lines)]).done
    assert ask("production.why_not_order", press.manager, id=order) is None


def test_a_machine_that_runs_another_ticket_is_told_before_somebody_walks_to_it(press: Any) -> None:
    one, other = (first(press, order) for order in press_room.with_tickets(press, count=2))
    assert act(press, "plan", one)
    assert act(press, "plan", other, hour=8)
    assert act(press, "start", one)
    assert told(press, other)["start"] == ["machine-busy"]
    (leaves, _acts) = ask("production.why_not", press.production, id=other)
    assert leaves.running_id == one
    assert act(press, "finish", one)
    assert told(press, other)["start"] == []


def test_a_held_order_and_an_open_prepayment_keep_its_tickets(press: Any) -> None:
    (order,) = press_room.with_tickets(press)
    ticket = first(press, order)
    assert act(press, "plan", ticket)
    assert run("billing.issue_prepayment", press.accountant, [Prepay(order, D(30))]).ok
    assert told(press, ticket)["start"] == ["prepayment-open"]
    assert run("orders.hold", press.manager, [HoldOrder(order, "unclear")]).ok
    assert told(press, ticket) == {"plan": ["wrong-state"], "start": ["wrong-state"], "finish": ["wrong-ticket-state"]}


def test_whatever_happens_to_tickets_they_tell_what_the_acts_would_say(press: Any) -> None:
    chance = random.Random(5)
    orders = press_room.with_tickets(press, count=3)
    seen: set[str] = set()
    for _ in range(50):
        order = chance.choice(orders)
        ticket = int(chance.choice(ask("production.tickets", press.planner, order=order)).id)
        seen |= {code for codes in told(press, ticket).values() for code in codes}
        name = chance.choice(["plan", "plan", "plan", "start", "start", "start", "finish", "hold", "on", "on"])
        if name in ("hold", "on"):
            act_on = ("orders.hold", HoldOrder(order, "wait")) if name == "hold" else ("orders.resume", Ref(order))
            run(act_on[0], system_actor(press.company), [act_on[1]])
        else:
            act(press, name, ticket, hour=chance.randint(0, 60))
    assert seen >= {"wrong-ticket-state", "wrong-state", "machine-busy"}
