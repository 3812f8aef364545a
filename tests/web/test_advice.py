"""What is not possible says why and what to do before anybody tries it: invoices, job tickets, work items, inputs, returns, orders (OW-05)."""

import html
import re
from decimal import Decimal as D
from typing import Any

import pytest
import shop_floor as floor
from django.core.files.uploadedfile import SimpleUploadedFile

from orderway.billing.refusing import InvoiceLeaves, PrepayLeaves, prepay_judges
from orderway.billing.refusing import judges as of_invoices
from orderway.capture import jobs
from orderway.capture.refusing import IntakeLeaves
from orderway.capture.refusing import judges as of_inputs
from orderway.fulfilment.refusing import ShipmentLeaves
from orderway.fulfilment.refusing import judges as of_shipments
from orderway.kernel import reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.refusing import Leaves, LineLeaves, line_judges
from orderway.orders.refusing import judges as of_orders
from orderway.production.refusing import PrintLeaves, TicketLeaves, print_judges
from orderway.production.refusing import judges as of_tickets
from orderway.web.acts import ACTS
from orderway.web.advice import INTAKE, INVOICE, LINE, ORDER, PREPAYMENT, PRINT_JOB, SHIPMENT, TICKET, WORK
from orderway.web.refusing import advised
from orderway.workflow.commands.work import CompleteWork
from orderway.workflow.refusing import WorkLeaves
from orderway.workflow.refusing import judges as of_work

ONE, NONE = D(1), D(0)
ORDER_LEAVES = Leaves(1, "26-1", "confirmed", 1, 1, 1, 1, 0, 0, True, True, None, {})  # type: ignore[arg-type]
WORK_LEAVES = WorkLeaves(1, "open", None, "", "planner", 7, True, 1, ("manager",), (), False, ())
# each kind with its acts, and leaves by which as much as possible is refused beside the state
KINDS: list[tuple[Any, Any, Any]] = [
    (ORDER, of_orders, ORDER_LEAVES),
    (LINE, line_judges, LineLeaves(1, 1, "26-1", "confirmed", NONE, NONE)),
    (PREPAYMENT, prepay_judges, PrepayLeaves(1, "26-1", "confirmed", True)),
    (PRINT_JOB, print_judges, PrintLeaves(1, "26-1", "placed", 1, 1, 0)),
    (SHIPMENT, of_shipments, ShipmentLeaves(1, "26-1", "open", "held", ())),
    (SHIPMENT, of_shipments, ShipmentLeaves(1, "26-1", "packed", "confirmed", (), "booked", "Parcel Express", "PX1")),
    (INVOICE, of_invoices, InvoiceLeaves(1, "I26-1", 1, "26-1", "EUR", "issued", NONE, NONE)),
    (TICKET, of_tickets, TicketLeaves(1, 1, "26-1", "planned", "confirmed", True, 1, "Polar 92", 2, "26-2")),
    (TICKET, of_tickets, TicketLeaves(1, 1, "26-1", "planned", "confirmed", False, 1, "Polar 92", 2, "26-2")),
    (TICKET, of_tickets, TicketLeaves(1, 1, "26-1", "planned", "cancelled", False, 1, "Polar 92", None, "")),
    (WORK, of_work, WORK_LEAVES),
    (WORK, of_work, WORK_LEAVES._replace(role="manager")),
    (INTAKE, of_inputs, IntakeLeaves(1, "b.csv", "review", None, None, (), 2)),
]
# what their own sentence says to do
SAID = {"nothing-was-read"}


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer
    return html.unescape(answer.content.decode())


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(("kind", "judges", "leaves"), KINDS)
def test_whatever_is_refused_says_what_to_do(kind: Any, judges: Any, leaves: Any) -> None:
    assert judges.keys() <= ACTS.keys(), "each act has a name"
    silent = set()
    for state in kind.states:
        for command, one in judges.items():
            if command == "orders.verify":
                continue  # it asks the facts of a real order; see test_why.py
            refused = one.judge(leaves._replace(state=state))
            silent |= {(command, no.code, state) for no in refused if not advised(no, kind, command)}
    assert {one for one in silent if one[1] not in SAID} == set()


def test_a_draft_of_an_invoice_takes_no_payment_and_says_when_it_will(shop: Any, as_: Any) -> None:
    order = floor.head(shop, floor.packed(shop)).order_id
    assert run("billing.draft", shop.accountant, [Ref(order)]).ok
    (draft,) = fetch("select id from invoice where order_id = %(order)s", {"order": order})
    accountant = as_("accountant")
    page = words(text(accountant.get(f"/billing/invoices/{draft.id}")))
    assert re.search(
        r"Not now: The invoice of \S+ is still a draft\. Issue it as soon as goods of the order have left\.", page
    )
    form = text(accountant.get(f"/billing/invoices/{draft.id}/pay"))
    assert 'aria-disabled="true" aria-describedby="stopped">Note it' in form
    whole = words(text(accountant.get(f"/billing/invoices/{draft.id}/why-not")))
    assert "Note the payment Refused" in whole
    assert as_(shop.stranger).get(f"/billing/invoices/{draft.id}/why-not").status_code == 404


def test_what_never_came_back_is_not_credited_and_the_form_says_what_comes_first(shop: Any, as_: Any) -> None:
    order = ask("billing.invoice", shop.accountant, id=floor.invoice(shop)).order_id
    page = words(text(as_("accountant").get(f"/orders/{order}/credit")))
    assert "nothing that was invoiced came back. Take the goods back first, if some came." in page


def test_a_ticket_of_a_held_order_says_so_where_it_is_started(shop: Any, as_: Any) -> None:
    order = floor.specified(shop)
    ticket = ask("production.tickets", shop.planner, order=order)[0].id
    planner = as_("planner")
    assert "Not now:" not in text(planner.get(f"/orders/{order}/production/tickets/{ticket}"))
    assert run("orders.hold", shop.manager, [HoldOrder(order, "unclear")]).ok
    page = text(planner.get(f"/orders/{order}/production/tickets/{ticket}"))
    assert "Let the order go on first." in words(page)
    assert 'aria-disabled="true" aria-describedby="stopped">Place' in page
    whole = words(text(planner.get(f"/production/tickets/{ticket}/why-not")))
    assert "Finish Refused" in whole
    assert "Place it on a machine first." in whole
    done = text(as_("production").get(f"/orders/{order}/production/tickets/{ticket}/finish"))
    assert "Place it on a machine first." in words(done)


def test_work_of_another_role_or_done_says_who_decides_it(shop: Any, as_: Any) -> None:
    order = floor.print_order(shop)
    (item,) = ask("workflow.work", shop.manager, subject=order).rows
    page = text(as_("auditor").get(f"/work/{item.id}"))
    assert "a role you do not have. Ask a colleague of that role, or an administrator for the role." in words(page)
    assert f'href="/work/{item.id}/why-not"' in page
    assert "Not now:" not in text(as_("manager").get(f"/work/{item.id}"))
    whole = words(text(as_("auditor").get(f"/work/{item.id}/why-not")))
    assert "Decide Refused" in whole
    assert "Your roles: Auditor" in whole
    form = {**floor.FORM, "deadline": "2099-01-01"}
    assert run("workflow.complete", shop.manager, [CompleteWork(item.id, "filled", form)]).ok
    whole = words(text(as_("manager").get(f"/work/{item.id}/why-not")))
    assert "What was decided stands with the item" in whole
    assert as_(shop.stranger).get(f"/work/{item.id}/why-not").status_code == 404


def test_an_input_with_an_unknown_item_cannot_be_ordered_until_it_is_settled(shop: Any, as_: Any) -> None:
    manager = as_("manager")
    lines = b"order;customer;item;quantity\nB-1;Kanzlei Bergmann Roth;NO-SUCH-1;3\n"
    manager.post("/inbox/upload", {"files": [SimpleUploadedFile("order.csv", lines)]})
    jobs.read_inputs(shop.company, [row.id for row in fetch("select id from intake order by id", {})])
    reacting.drain()
    (row,) = ask("capture.inbox", shop.manager).rows
    page = text(manager.get(f"/inbox/{row.id}"))
    assert "Not now: Say which items are meant on the lines 1. Settle it here; it is remembered" in words(page)
    assert 'aria-disabled="true" aria-describedby="stopped">Make the order' in page
    whole = words(text(manager.get(f"/inbox/{row.id}/why-not")))
    assert "Make the order at our prices Refused" in whole
    assert "Lines whose item is not known: 1 of 1" in whole
    manager.post(f"/inbox/{row.id}/dismiss", {"kind": "other"})
    whole = words(text(manager.get(f"/inbox/{row.id}/why-not")))
    assert "If it is an order after all, upload it again or enter the order by hand." in whole
    assert as_(shop.stranger).get(f"/inbox/{row.id}/why-not").status_code == 404


def test_nothing_comes_back_before_it_left_and_each_line_says_so(shop: Any, as_: Any, confirmed: int) -> None:
    manager = as_("manager")
    page = text(manager.get(f"/orders/{confirmed}/take-back"))
    assert "Nothing of line 1 was delivered that could come back. Nothing of line 2" in words(page)
    assert words(page).count("What will not be delivered is given up instead.") == 1
    assert 'aria-disabled="true" aria-describedby="stopped">Take back' in page
    whole = words(text(manager.get(f"/orders/{confirmed}/why-not")))
    assert "Take goods back Line 1 Refused" in whole


def test_what_is_open_of_an_order_is_given_up_on_a_page_of_its_own(shop: Any, as_: Any, confirmed: int) -> None:
    manager = as_("manager")
    assert f'href="/orders/{confirmed}/give-up"' in text(manager.get(f"/orders/{confirmed}"))
    first, second = ask("orders.lines", shop.manager, id=confirmed)
    form = {f"line-{first.id}": "4", "reason": "out of print"}
    assert "Only 10 are still to be delivered, not 11." in text(
        manager.post(f"/orders/{confirmed}/give-up", {**form, f"line-{first.id}": "11"})
    )
    assert "Say how much of which line." in text(manager.post(f"/orders/{confirmed}/give-up", {"reason": "x"}))
    assert manager.post(f"/orders/{confirmed}/give-up", form).status_code == 302
    assert [line.cancelled for line in ask("orders.lines", shop.manager, id=confirmed)] == [4, 0]
    rest = {f"line-{first.id}": "6", f"line-{second.id}": "1", "reason": "out of print"}
    assert manager.post(f"/orders/{confirmed}/give-up", rest).status_code == 302
    page = text(manager.get(f"/orders/{confirmed}/give-up"))
    assert "All of line 1 was delivered or given up. All of line 2" in words(page)
    assert 'aria-disabled="true" aria-describedby="stopped">Give up' in page
    assert f'href="/orders/{confirmed}/give-up"' not in text(manager.get(f"/orders/{confirmed}"))
    assert as_("accountant").get(f"/orders/{confirmed}/give-up").status_code == 403


def test_an_order_says_what_to_do_in_the_list_on_the_form_and_in_german(shop: Any, as_: Any, order: int) -> None:
    manager = as_("manager")
    dry = words(text(manager.post("/orders/do/allocate", {"id": [order], "dry": "1"})))
    assert "is Placed; this is not possible now. Confirm it first." in dry
    assert "It is not on hold; there is nothing to do." in words(text(manager.get(f"/orders/{order}/why-not")))
    assert run("orders.hold", shop.manager, [HoldOrder(order, "unclear")]).ok
    form = text(manager.get(f"/orders/{order}/confirm"))
    assert "Let it go on first." in words(form)
    assert 'aria-disabled="true" aria-describedby="stopped">Confirm' in form
    german = words(text(as_(shop.manager, "de").get(f"/orders/{order}/why-not")))
    assert "Lassen Sie ihn zuerst weiterlaufen." in german
