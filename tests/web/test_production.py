"""Print orders: the form, its calculation, tickets on machines, and how far they are."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import shop_floor as floor

from orderway.kernel.access import ROLES
from orderway.kernel.running import ask


def text(answer):
    return answer.content.decode()


@pytest.fixture
def order(shop):
    """A print order with one job ticket to place."""
    return floor.specified(shop)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_and_only_its_own_verbs_open(role, shop, as_, order):
    browser = as_(role)
    (ticket,) = ask("production.tickets", shop.manager, order=order)
    pages = [
        "/production",
        "/production?machine=sm52&q=Kanzlei&sort=-due",
        "/production/progress",
        f"/orders/{order}/production",
    ]
    for page in [*pages, "/production/plan", "/production/plan?day=2026-02-30&machine=sm52"]:
        assert browser.get(page).status_code == 200, page
    base = f"/orders/{order}/production"
    may = {
        f"{base}/form": ("manager", "administrator"),
        f"{base}/tickets/{ticket.id}": ("planner", "production", "administrator"),
        f"{base}/tickets/{ticket.id}/finish": ("production", "administrator"),
    }
    for page, roles in may.items():
        assert browser.get(page).status_code == (200 if role in roles else 403), page


def test_another_company_has_none_of_it(shop, as_, order):
    stranger = as_(shop.stranger)
    (ticket,) = ask("production.tickets", shop.manager, order=order)
    for page in ("", "/form", f"/tickets/{ticket.id}"):
        assert stranger.get(f"/orders/{order}/production{page}").status_code in (403, 404), page
    assert "Kanzlei" not in text(stranger.get("/production"))


def test_the_form_names_the_field_that_is_wrong_and_keeps_the_rest(shop, as_):
    floor.machines(shop)
    order = floor.print_order(shop)
    browser = as_("manager")
    deadline = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 - any day well ahead
    form = floor.FORM | {"deadline": deadline, "format": "huge"}
    wrong = browser.post(f"/orders/{order}/production/form", form)
    assert "A format is a name such as A4" in text(wrong)
    assert 'value="huge"' in text(wrong)
    assert browser.post(f"/orders/{order}/production/form", form | {"format": "210 x 297"}).status_code == 302
    page = text(browser.get(f"/orders/{order}/production"))
    assert "210 × 297 mm" in page
    assert "Speedmaster" in page


def test_a_ticket_is_placed_started_and_finished(shop, as_, order):
    (ticket,) = ask("production.tickets", shop.manager, order=order)
    page = f"/orders/{order}/production/tickets/{ticket.id}"
    planner = as_("planner")
    day = date.today() + timedelta(days=3)  # noqa: DTZ011 - any day well ahead
    form = {"start": f"{day}T08:00", "machine": str(ticket.machine_id), "minutes": "90"}
    assert planner.post(page, form | {"start": "soon"}).status_code == 200
    assert planner.post(page, form).status_code == 302
    board = text(planner.get(f"/production/plan?day={day}"))
    assert "08:00–09:30" in board, "in the company's own time"
    (order_row,) = ask("production.plan_of_days", shop.planner, first=day, last=day)
    assert order_row.number in text(planner.get(f"/production/plan?day={day}")).replace(
        '<span class="num">', ""
    ).replace("</span>", "")
    floor.ok("orders.confirm", shop.manager, floor.Ref(order))
    assert as_("production").post(page, {"begin": "1"}).status_code == 302
    assert as_("production").post(f"{page}/finish", {"good": "980", "waste": "20"}).status_code == 302
    (done,) = ask("production.tickets", shop.manager, order=order)
    assert (done.state, done.good, done.waste) == ("finished", 980, 20)
    assert "Produced" in text(planner.get("/production/progress"))


def test_two_tickets_never_share_a_machine(shop, as_, order):
    other = floor.print_order(shop)
    row = floor.SpecifyPrint(other, "A4", "PAP-LX-120", "4/0", D(500), date.today() + timedelta(days=9), D(1))  # noqa: DTZ011
    floor.ok("production.specify", shop.manager, row)
    floor.ok("production.make_papers", shop.manager, floor.Ref(other))
    planner = as_("planner")
    day = date.today() + timedelta(days=3)  # noqa: DTZ011 - any day well ahead
    answers = []
    for id in (order, other):
        (ticket,) = ask("production.tickets", shop.manager, order=id)
        form = {"start": f"{day}T08:00", "machine": str(ticket.machine_id), "minutes": "90"}
        answers.append(planner.post(f"/orders/{id}/production/tickets/{ticket.id}", form))
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "note late" in text(answers[1])
