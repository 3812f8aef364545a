"""Job tickets: planned on machines without overlap, late ones flagged, started, finished, and what was made lies in stock (DX-29, DX-30)."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import press_room
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.kernel import checking, clock, reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.proceed import HoldOrder
from orderway.production.commands.plan import FinishTicket, PlanTicket
from orderway.production.rules import Slot, first_overlap

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def tickets(shop, order):
    return ask("production.tickets", shop.planner, order=order)


def machine(shop, key):
    return next(m.id for m in ask("production.machines", shop.planner) if m.key == key)


def plan(shop, ticket, start, **more):
    return run("production.plan", shop.planner, [PlanTicket(ticket, start, **more)])


def test_the_papers_lay_out_a_ticket_for_each_operation_and_planning_lists_them(press):
    (order,) = press_room.with_tickets(press)
    printing, trimming = tickets(press, order)
    assert (printing.machine, printing.quantity, printing.unit, printing.minutes) == (
        "Speedmaster 74-2",
        2668,
        "ST",
        33,
    )
    assert (trimming.machine, trimming.quantity, trimming.unit, trimming.minutes) == ("Polar 92", 5000, "H87", 25)
    rows = ask("production.unscheduled", press.planner).rows
    assert [(row.id, row.run, row.deadline) for row in rows] == [
        (t.id, 5000, press_room.DEADLINE) for t in (printing, trimming)
    ]
    assert [row.id for row in ask("production.unscheduled", press.planner, machine="trim").rows] == [trimming.id]


def test_a_planned_ticket_stands_on_its_machine_for_as_long_as_it_takes(press):
    (order,) = press_room.with_tickets(press)
    first, second = tickets(press, order)
    assert plan(press, first.id, MONDAY).values["late"] == []
    (row,) = ask("production.plan_of_days", press.planner, first=MONDAY.date(), last=MONDAY.date())
    assert (row.machine, row.planned_start, row.planned_end - row.planned_start) == (
        "sm74-2",
        MONDAY,
        timedelta(minutes=33),
    )
    assert ask("production.plan_of_days", press.planner, first=date(2026, 3, 3), last=date(2026, 3, 9)) == []
    assert [row.id for row in ask("production.unscheduled", press.planner).rows] == [second.id]


def test_an_overlap_is_refused_and_says_with_what(press):
    one, other = press_room.with_tickets(press, count=2)
    number = ask("orders.one", press.manager, id=one).number
    ticket, moving = tickets(press, one)[0].id, tickets(press, other)[0].id
    assert plan(press, ticket, MONDAY).ok
    for minutes in (-32, -1, 0, 32):
        (refusal,) = plan(press, moving, MONDAY + timedelta(minutes=minutes)).refused
        assert refusal.code == "machine-busy"
        assert (refusal.facts["ticket"], refusal.facts["number"]) == (ticket, number)
    assert plan(press, moving, MONDAY + timedelta(minutes=33)).ok
    assert plan(press, moving, MONDAY - timedelta(minutes=33)).ok


def test_two_tickets_of_one_set_do_not_overlap_either_and_may_change_places(press):
    one, other = press_room.with_tickets(press, count=2)
    first, second = tickets(press, one)[0].id, tickets(press, other)[0].id
    later = MONDAY + timedelta(minutes=40)
    both = run("production.plan", press.planner, [PlanTicket(first, MONDAY), PlanTicket(second, MONDAY)])
    assert [(r.code, r.subject) for r in both.refused] == [("machine-busy", second)]
    assert run("production.plan", press.planner, [PlanTicket(first, MONDAY), PlanTicket(second, later)]).ok
    assert run("production.plan", press.planner, [PlanTicket(first, later), PlanTicket(second, MONDAY)]).ok
    rows = ask("production.plan_of_days", press.planner, first=MONDAY.date(), last=MONDAY.date())
    assert [row.id for row in rows] == [second, first]


def test_what_ends_after_the_deadlines_day_is_flagged_but_planned(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    # the sixth ends at 23:00 UTC in Berlin
    in_time, too_late = datetime(2026, 3, 6, 22, 27, tzinfo=UTC), datetime(2026, 3, 6, 22, 28, tzinfo=UTC)
    assert plan(press, ticket, in_time).values["late"] == []
    assert not tickets(press, order)[0].late
    assert plan(press, ticket, too_late).values["late"] == [ticket]
    assert tickets(press, order)[0].late
    assert [row.late for row in ask("production.progress", press.planner, order=order).rows] == [True]


def test_another_press_takes_its_own_time_and_a_folder_prints_nothing(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    assert plan(press, ticket, MONDAY, machine=machine(press, "sm74-4")).ok
    (row,) = ask("production.plan_of_days", press.planner, first=MONDAY.date(), last=MONDAY.date(), machine="sm74-4")
    assert row.minutes == 12 + 21
    refused = plan(press, ticket, MONDAY, machine=machine(press, "fold")).refused
    assert [r.code for r in refused] == ["wrong-machine"]
    assert [r.code for r in plan(press, ticket, MONDAY, machine=999_999).refused] == ["unknown-machine"]
    assert [r.code for r in plan(press, ticket, MONDAY, minutes=0).refused] == ["figures-not-possible"]
    assert [r.code for r in plan(press, ticket, MONDAY.replace(tzinfo=None)).refused] == ["invalid"]


def test_the_database_itself_refuses_an_overlap(press):
    one, other = press_room.with_tickets(press, count=2)
    first, second = tickets(press, one)[0].id, tickets(press, other)[0].id
    assert plan(press, first, MONDAY).ok
    with (
        pytest.raises(IntegrityError, match="job_ticket_no_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "update job_ticket set state = 'planned', planned_start = %s, planned_end = %s where id = %s",
            [MONDAY, MONDAY + timedelta(minutes=1), second],
        )


def test_production_runs_from_start_to_stock_and_the_waiting_order_gets_its_goods(press):
    (order,) = press_room.with_tickets(press)
    first, second = (ticket.id for ticket in tickets(press, order))
    run("production.plan", press.planner, [PlanTicket(first, MONDAY), PlanTicket(second, MONDAY + timedelta(hours=1))])
    assert stages(press, order) == ["planned"]
    assert run("production.start", press.production, [Ref(first)]).ok
    assert stages(press, order) == ["in_production"]
    assert run("production.finish", press.production, [FinishTicket(first, D(5050), D(160))]).values["made"] == []
    assert run("production.start", press.production, [Ref(second)]).ok
    outcome = run("production.finish", press.production, [FinishTicket(second, D(5020), D(30))])
    assert outcome.values["made"] == [order]
    assert stages(press, order) == ["produced"]
    (row,) = ask("production.progress", press.manager, order=order).rows
    assert (row.operations, row.finished, row.good, row.waste) == (2, 2, D(5020), D(190))
    levels = ask("stock.levels", press.warehouse, item=press.items["LETTER-A4"]).rows
    assert [(level.warehouse, level.on_hand) for level in levels] == [("main", D(5020))]
    reacting.drain()
    (line,) = ask("orders.lines", press.manager, id=order)
    assert line.allocated == D(5000)
    (arrival,) = fetch(
        "select name from arrival where subject_type = 'order' and subject_id = %(id)s and name like 'production%%'",
        {"id": order},
    )
    assert arrival.name == "production-finished"


def stages(shop, order):
    return [row.stage for row in ask("production.progress", shop.manager, order=order).rows]


def test_only_what_is_planned_confirmed_and_paid_ahead_starts(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    assert [r.code for r in run("production.start", press.production, [Ref(ticket)]).refused] == ["wrong-ticket-state"]
    assert plan(press, ticket, MONDAY).ok
    run("orders.hold", press.manager, [HoldOrder(order, "customer calls back")])
    assert [r.code for r in run("production.start", press.production, [Ref(ticket)]).refused] == ["wrong-state"]
    run("orders.resume", press.manager, [Ref(order)])
    fetch("update sales_order set prepay_open = true where id = %(id)s", {"id": order})
    assert [r.code for r in run("production.start", press.production, [Ref(ticket)]).refused] == ["prepayment-open"]
    fetch("update sales_order set prepay_open = false where id = %(id)s", {"id": order})
    assert run("production.start", press.production, [Ref(ticket)]).ok
    assert [r.code for r in plan(press, ticket, MONDAY).refused] == ["wrong-ticket-state"]


def test_one_job_at_a_time_runs_on_a_machine(press):
    one, other = press_room.with_tickets(press, count=2)
    first, second = tickets(press, one)[0].id, tickets(press, other)[0].id
    later = MONDAY + timedelta(hours=1)
    run("production.plan", press.planner, [PlanTicket(first, MONDAY), PlanTicket(second, later)])
    outcome = run("production.start", press.production, [Ref(first), Ref(second)], partial=True)
    assert (outcome.done, [(r.code, r.subject) for r in outcome.refused]) == ([first], [("machine-busy", second)])
    assert run("production.finish", press.production, [FinishTicket(first, D(5000))]).ok
    assert run("production.start", press.production, [Ref(second)]).ok


def test_less_than_nothing_cannot_be_finished_and_nothing_twice(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    plan(press, ticket, MONDAY)
    run("production.start", press.production, [Ref(ticket)])
    refused = run("production.finish", press.production, [FinishTicket(ticket, D(-1))]).refused
    assert [r.code for r in refused] == ["figures-not-possible"]
    assert run("production.finish", press.production, [FinishTicket(ticket, D(1))]).ok
    refused = run("production.finish", press.production, [FinishTicket(ticket, D(1))]).refused
    assert [r.code for r in refused] == ["wrong-ticket-state"]


def test_a_changed_form_brings_new_tickets_and_frees_the_machine(press):
    (order,) = press_room.specified(press)
    run("production.make_papers", press.manager, [Ref(order)])
    before = tickets(press, order)
    plan(press, before[0].id, MONDAY)
    # nothing changed: the plan stays
    run("production.make_papers", press.manager, [Ref(order)])
    assert [t.id for t in tickets(press, order)] == [t.id for t in before]
    run("production.specify", press.manager, [press_room.form(order, run=D(9000), finishing="")])
    run("production.make_papers", press.manager, [Ref(order)])
    (after,) = tickets(press, order)
    assert (after.state, after.quantity) == ("unscheduled", 4500 + 80 + 135)
    assert ask("production.plan_of_days", press.planner, first=MONDAY.date(), last=MONDAY.date()) == []


def test_once_begun_the_form_stands(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    plan(press, ticket, MONDAY)
    run("production.start", press.production, [Ref(ticket)])
    fetch("update sales_order set state = 'placed' where id = %(id)s", {"id": order})
    refused = run("production.specify", press.manager, [press_room.form(order, run=D(9000))]).refused
    assert [r.code for r in refused] == ["already-begun"]


def test_a_cancelled_order_leaves_the_machines(press):
    (order,) = press_room.with_tickets(press)
    plan(press, tickets(press, order)[0].id, MONDAY)
    run("orders.cancel", press.manager, [HoldOrder(order, "customer gave up")])
    reacting.drain()
    assert tickets(press, order) == []
    assert ask("production.plan_of_days", press.planner, first=MONDAY.date(), last=MONDAY.date()) == []


def test_events_lead_to_every_row(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    plan(press, ticket, MONDAY)
    run("production.start", press.production, [Ref(ticket)])
    run("production.finish", press.production, [FinishTicket(ticket, D(5000), D("12.5"))])
    run("orders.cancel", press.manager, [HoldOrder(order, "customer gave up")])
    reacting.drain()
    tables = ("machine", "paper", "print_spec", "estimate", "estimate_part", "job_ticket", "sales_order", "order_line")
    assert [line for table in tables for line in checking._against_events(table)] == []


def test_a_stranger_and_a_wrong_role_plan_nothing(press):
    (order,) = press_room.with_tickets(press)
    ticket = tickets(press, order)[0].id
    assert [r.code for r in run("production.plan", press.manager, [PlanTicket(ticket, MONDAY)]).refused] == [
        "not-allowed"
    ]
    assert [r.code for r in run("production.start", press.planner, [Ref(ticket)]).refused] == ["not-allowed"]
    assert ask("production.tickets", press.stranger, order=order) == []
    assert ask("production.specs", press.stranger, order=order) == []


moments = st.integers(0, 200).map(lambda n: MONDAY + timedelta(minutes=n))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(moments, st.integers(1, 60)), max_size=12), moments, st.integers(1, 60))
def test_an_overlap_is_a_minute_that_two_jobs_want(taken, start, minutes):
    def within(begin, length):
        return {begin + timedelta(minutes=n) for n in range(length)}

    slots = [Slot(i, "", begin, begin + timedelta(minutes=n)) for i, (begin, n) in enumerate(taken)]
    busy = [i for i, (begin, n) in enumerate(taken) if within(begin, n) & within(start, minutes)]
    found = first_overlap(slots, start, start + timedelta(minutes=minutes))
    assert (found is not None) == bool(busy)
    assert found is None or found.ticket in busy


@pytest.fixture
def press_room_for_all(committed):
    """The shop with its press room, really written, for planners who come at the same time."""
    import world

    with clock.at(press_room.NOW):
        shop = world.known()
        press_room.set_up(shop)
        yield shop


def test_of_eight_planners_who_want_the_same_hour_one_gets_it(press_room_for_all):
    shop = press_room_for_all
    orders = press_room.with_tickets(shop, count=8)
    wanted = [tickets(shop, order)[0].id for order in orders]
    ready, answers = threading.Barrier(len(wanted)), {}

    def planner(ticket, minutes):
        try:
            ready.wait(30)
            answers[ticket] = plan(shop, ticket, MONDAY + timedelta(minutes=minutes))
        finally:
            connection.close()

    threads = [threading.Thread(target=planner, args=[id, n]) for n, id in enumerate(wanted)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [id for id in wanted if answers[id].ok]
    assert len(got) == 1
    for id in set(wanted) - set(got):
        assert [(r.code, r.facts["ticket"]) for r in answers[id].refused] == [("machine-busy", got[0])]
    rows = ask("production.plan_of_days", shop.planner, first=MONDAY.date(), last=MONDAY.date())
    assert [row.id for row in rows] == got


def test_who_plans_on_a_machine_waits_for_who_plans_on_it_now_and_is_told(press_room_for_all):
    shop = press_room_for_all
    first, second = (tickets(shop, order)[0].id for order in press_room.with_tickets(shop, count=2))
    planned, answers = threading.Event(), []

    def waiting():
        try:
            planned.wait(30)
            answers.append(plan(shop, second, MONDAY + timedelta(minutes=5)))
        finally:
            connection.close()

    thread = threading.Thread(target=waiting)
    thread.start()
    with transaction.atomic():
        assert plan(shop, first, MONDAY).ok
        planned.set()
        thread.join(0.5)
        assert thread.is_alive()
        assert answers == []
    thread.join()
    # told in words by the rule, not stopped by the constraint
    assert [(r.code, r.facts["ticket"]) for r in answers[0].refused] == [("machine-busy", first)]
