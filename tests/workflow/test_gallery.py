"""The templates of the gallery: nothing to mend in any, and three orders sent through each reach every end it has."""

from collections.abc import Mapping, Sequence
from decimal import Decimal as D
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from steps import Story

import orderway.workflow
from orderway.billing.commands.pay import Pay
from orderway.kernel.access import system_actor
from orderway.kernel.running import ask
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.web.drawing_words import TEMPLATES
from orderway.workflow.bpmn import read_map
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

HOME = Path(orderway.workflow.__file__).parent
GALLERY = sorted(file.stem for file in (HOME / "gallery").glob("*.bpmn") if file.stem != "blank")
FILLED = {"string": "as agreed", "text": "as agreed", "number": "10", "date": "2026-03-02", "boolean": True}


class Goes(NamedTuple):
    """One order: what is answered at which step (an outcome, or values of the form), the end it comes to, how many it is of, of what, and
    how it came."""

    end: str
    answers: Mapping[str, str | Mapping[str, Any]]
    pieces: int = 1
    item: str = "PAP-A4-80"
    channel: str = "phone"


STORIES: Mapping[str, Sequence[Goes]] = {
    "absence": [
        Goes("away", {}),
        Goes("away", {"ask": {"kind": "sick"}}),
        Goes("stays", {"decide": "refused"}),
    ],
    "complaint": [
        Goes("settled_end", {"settle": "credit"}),
        Goes("settled_end", {"settle": "accepted"}),
        Goes("declined_end", {"find": "not_ours"}),
    ],
    "contract_approval": [Goes("signed_end", {}), Goes("refused_end", {"decide": "refused"}), Goes("signed_end", {})],
    "credit_check": [
        Goes("accepted", {}),
        Goes("accepted", {"assess": "refused", "tell": "agreed"}, 900),
        Goes("declined", {"assess": "refused", "tell": "none"}, 900),
    ],
    "exchange": [
        Goes("replaced", {"take_up": {"fault": "ours"}}),
        Goes("exchanged", {"take_up": {"fault": "theirs"}}),
        Goes("dropped", {"take_up": {"fault": "theirs"}, "await_old": "never"}),
    ],
    "order_entry": [
        Goes("entered", {}, channel="edi"),
        Goes("entered", {"dates": "later"}, item="LETTER-A4"),
        Goes("dropped", {"compare": "none"}),
        Goes("dropped", {"dates": "later", "agree": "none"}, item="LETTER-A4"),
    ],
    "order_change": [
        Goes("changed_end", {"examine": {"extra": "50"}, "offer": "agreed"}),
        Goes("changed_end", {"examine": "too_late"}),
        Goes("cancelled_end", {"examine": {"extra": "50"}, "offer": "cancelled"}),
    ],
    "purchase_approval": [
        Goes("ordered_end", {"describe": {"amount": "100"}}),
        Goes("ordered_end", {"describe": {"amount": "5000"}}),
        Goes("refused_end", {"describe": {"amount": "5000"}, "approve": "refused"}),
    ],
    "quotation_approval": [
        Goes("won_end", {"calculate": {"price": "100", "margin_percent": "30"}}),
        Goes("won_end", {"calculate": {"price": "9000", "margin_percent": "30"}}),
        Goes("lost_end", {"follow": "lost"}),
    ],
    "returns": [
        Goes("credited_end", {}),
        Goes("refused_end", {"inspect": "not_ours"}),
        Goes("nothing_end", {"register": "none"}),
    ],
    "supplier_invoice": [
        Goes("paid_end", {}),
        Goes("back_end", {"goods_check": {"all_there": False}, "settle": "rejected"}),
        Goes("foreign_end", {"enter": "not_ours"}),
    ],
    "order_to_cash": [
        Goes("cash", {}),
        Goes("declined", {"capture": "no"}),
        Goes("declined", {"credit": "refused"}),
    ],
}


def xml(name: str) -> str:
    return (HOME / "gallery" / f"{name}.bpmn").read_text("utf-8")


@pytest.fixture
def story(shop: Any) -> Story:
    return Story(shop)


def test_every_template_is_offered_and_told_of(shop: Any) -> None:
    offered = {one.key for one in TEMPLATES}
    files = {file.stem for file in HOME.glob("*/*.bpmn")} - {"blank"}
    assert offered == files
    assert len(offered) >= 12
    assert set(STORIES) == set(GALLERY)


@pytest.mark.parametrize("name", GALLERY)
def test_nothing_is_to_be_mended(story: Story, name: str) -> None:
    told = ask("workflow.lint", story.shop.administrator, xml=xml(name))
    assert told.runnable
    assert list(told.problems) == []


@pytest.mark.parametrize("name", GALLERY)
def test_every_label_is_german_too(name: str) -> None:
    (process,) = read_map(xml(name).encode())
    labelled = [*process.elements, *process.lanes, *process.flows]
    labelled += [one for element in process.elements for one in (*element.fields, *element.checks, *element.outcomes)]
    assert [one for one in labelled if one.label.text and not one.label.languages.get("de")] == []
    assert [
        one.id for one in process.elements if one.kind == "userTask" and "de" not in one.instruction.languages
    ] == []


@pytest.mark.parametrize("name", GALLERY)
def test_three_orders_reach_every_end(story: Story, name: str) -> None:
    boss = system_actor(story.shop.company)
    story.ok("workflow.publish", boss, PublishMap(xml(name)))
    (process,) = read_map(xml(name).encode())
    ends = {element.id for element in process.elements if element.kind == "endEvent"}
    targets = {flow.id: flow.target for flow in process.flows}
    goes = STORIES[name]
    assert {one.end for one in goes} == ends
    for one in goes:
        subject = placed(story, one) if process.subject == "order" else 0
        (root,) = story.ok("workflow.start", boss, StartMap(name, subject, title=f"For {one.end}")).done
        subject = ask("workflow.instance", boss, id=root).row.subject_id
        story.later()
        travel(story, name, (process.subject, subject), one.answers)
        (way,) = [
            at for at in ask("workflow.position", boss, subject_type=process.subject, subject=subject) if at.map == name
        ]
        assert way.state == "ended", (one.end, way.at)
        assert targets[way.path[-1][0]] == one.end


def placed(story: Story, goes: Goes) -> int:
    line = PlaceLine(story.shop.items[goes.item], D(goes.pieces))
    row = PlaceOrder(story.shop.customers["10001"], [line], channel=goes.channel)
    (id,) = story.ok("orders.place", story.shop.manager, row).done
    return int(id)


def travel(story: Story, name: str, subject: tuple[str, int], answers: Mapping[str, Any]) -> None:
    """Answer what waits until nothing does; what people do outside the map (ship, pay) is done when it is waited for."""
    boss = system_actor(story.shop.company)
    for _ in range(40):
        kind, id = subject
        items = ask("workflow.work", boss, which="all", map=name, subject_type=kind, subject=id).rows
        if items:
            story.ok("workflow.complete", boss, *[answer(boss, item, answers.get(item.node)) for item in items])
        elif kind != "order" or not outside(story, id):
            return
        story.later()
    raise AssertionError(f"{name} goes round in circles")


def answer(boss: Any, item: Any, given: str | Mapping[str, Any] | None) -> CompleteWork:
    form = ask("workflow.work_item", boss, id=item.id)
    values = {one.name: one.choices[0][0] if one.choices else FILLED[one.type] for one in form.fields if one.required}
    values |= given if isinstance(given, Mapping) else {}
    onward = next(outcome for outcome, _, back in form.outcomes if not back)
    outcome = given if isinstance(given, str) else onward
    back = next(sends for name, _, sends in form.outcomes if name == outcome)
    return CompleteWork(item.id, outcome, {} if back else values, [name for name, _, _ in form.checks], "because")


def outside(story: Story, order: int) -> bool:
    """What the warehouse or the customer does for an order that waits for it; False when it waits for nothing."""
    at = story.where(order)
    if "shipped" in at:
        for shipment in story.shipments(order):
            story.pick_and_send(shipment.id)
    elif "paid" in at:
        for bill in story.bills(order):
            story.ok("billing.pay", story.shop.accountant, Pay(bill.id, D(bill.open)))
    else:
        return False
    story.later()
    return True
