"""The print order on its shipped map: form, price sheet, rejection, planning, production, as people's work lists see it."""

import json
from decimal import Decimal as D
from pathlib import Path

import press_room
import pytest

import orderway.workflow
from orderway.documents.printing import file
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.production.commands.plan import FinishTicket, PlanTicket
from orderway.production.papers import template_versions
from orderway.workflow.commands.proceed import StartMap, drain
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

MAPS = Path(orderway.workflow.__file__).parent / "maps"
FORM = {
    "format": "A4",
    "paper": "PAP-LX-120",
    "colours": "4/0",
    "run": "5000",
    "finishing": "trim",
    "deadline": "2026-03-06",
}
ALL_CHECKED = ("data_complete", "colours_right", "bleed_right")


@pytest.fixture
def order(press):
    """A print order at the beginning of its map."""
    system = system_actor(press.company)
    published = run(
        "workflow.publish",
        system,
        [PublishMap((MAPS / f"{name}.bpmn").read_text()) for name in ("print_order", "deliver_and_bill")],
    )
    assert published.ok, published.refused
    (id,) = press_room.placed(press)
    fetch("delete from pending", {})
    assert run("workflow.start", system, [StartMap("print_order", id)]).ok
    return id


def at(order):
    rows = fetch(
        "select t.node from token t join process_instance i on i.id = t.instance_id where i.subject_id = %(id)s and i.subject_type = 'order'",
        {"id": order},
    )
    return sorted(row.node for row in rows)


def finish(actor, outcome, **more):
    (item,) = ask("workflow.work", actor, which="waiting").rows
    done = run("workflow.complete", actor, [CompleteWork(item.id, outcome, **more)])
    assert done.ok, done.refused


def test_the_manager_fills_the_form_and_the_accountant_finds_the_price(press, order):
    finish(press.manager, "filled", values=FORM)
    assert at(order) == ["approve_price"]
    assert len(ask("production.tickets", press.planner, order=order)) == 2
    (spec,) = ask("production.specs", press.manager, order=order)
    assert (spec.run, spec.colours_front, ask("orders.one", press.manager, id=order).net) == (5000, 4, spec.price)
    wanted = fetch(
        "select actor_id, on_behalf_of from event where name = 'print_spec.papers_wanted' and root_id = %(id)s",
        {"id": order},
    )
    assert [(row.actor_id, row.on_behalf_of) for row in wanted] == [(0, press.manager.id)]


def test_a_form_that_cannot_be_made_comes_back_to_the_manager(press, order):
    finish(press.manager, "filled", values={**FORM, "paper": "Papyrus"})
    assert at(order) == ["fill_form"]
    finish(press.manager, "filled", values=FORM)
    assert at(order) == ["approve_price"]


def test_an_approval_holds_while_the_calculation_says_the_same(press, order):
    finish(press.manager, "filled", values=FORM)
    finish(press.accountant, "approve")
    finish(press.quality, "reject", reason="data are missing")
    finish(press.manager, "filled", values={**FORM, "deadline": "2026-03-09"})
    assert at(order) == ["validate"]
    finish(press.quality, "reject", reason="wrong run")
    finish(press.manager, "filled", values={**FORM, "run": "6000"})
    assert at(order) == ["approve_price"]


def test_what_was_planned_is_made_and_the_order_goes_on_to_the_warehouse(press, order):
    finish(press.manager, "filled", values=FORM)
    finish(press.accountant, "approve")
    finish(press.quality, "valid", checks=ALL_CHECKED)
    places = [
        PlanTicket(t.id, press_room.NOW.replace(hour=9 + t.position))
        for t in ask("production.tickets", press.planner, order=order)
    ]
    assert run("production.plan", press.planner, places).ok
    finish(press.planner, "scheduled")
    finish(press.production, "accept")
    assert at(order) == ["produced"]
    for ticket in [place.id for place in places]:
        assert run("production.start", press.production, [Ref(ticket)]).ok
        assert run("production.finish", press.production, [FinishTicket(ticket, D(5000))]).ok
    drain()
    reacting.drain()
    assert "produced" not in at(order)
    (line,) = ask("orders.lines", press.manager, id=order)
    assert line.allocated == D(5000)


def test_after_submit_both_papers_lie_in_the_parcel_made_by_the_system_and_the_template_is_named(press, order):
    """DX-24: nobody clicks anything but the form's "Send on"; the jobs are those that the paper workers take."""
    finish(press.manager, "filled", values=FORM)
    reacting.drain()
    for row in fetch("select args::text as args from procrastinate_jobs where task_name = 'documents.make_paper'", {}):
        job = json.loads(row.args)
        file(job["company"], job["kind"], job["subject"])
    parcel = ask("orders.one", press.manager, id=order).parcel_id
    papers = {paper.kind for paper in ask("documents.in_parcel", press.manager, id=parcel)}
    assert papers >= {"worksheet", "price_sheet"}
    asked = fetch(
        "select actor_id, on_behalf_of from event where name = 'print_spec.papers_wanted' and root_id = %(order)s::bigint",
        {"order": order},
    )
    assert [(row.actor_id, row.on_behalf_of) for row in asked] == [(0, press.manager.id)]
    filed = fetch(
        "select actor_id, data->>'kind' as kind, data->>'template' as template from event where name = 'paper.filed' and root_id = %(parcel)s::bigint",
        {"parcel": parcel},
    )
    assert {(row.actor_id, row.kind, row.template) for row in filed} == {
        (0, *one) for one in template_versions().items()
    }
