"""Nobody decides without what others have found out before: who did what, with which outcome, and what they filled in."""

import re
from importlib import resources

import pytest
import shop_floor as floor

from orderway.kernel.access import system_actor
from orderway.kernel.running import ask, run
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.questions import AskColleague
from orderway.workflow.commands.work import CompleteWork

WANTED = {"what": "400 plates", "amount": "1480", "needed_on": "2031-03-04"}
OFFERED = {"supplier": "Offset-Bedarf", "offered": "1432.50"}


@pytest.fixture
def step(shop):
    """Finishes a step of the only purchase, and gives the item that waits then."""
    xml = resources.files("orderway.workflow").joinpath("gallery", "purchase_approval.bpmn").read_text("utf-8")
    assert run("workflow.publish", system_actor(shop.company), [PublishMap(xml)]).ok
    start = StartMap("purchase_approval", title="Plates", about="For the calendars.\nTwo kinds.")
    assert run("workflow.start", shop.people["manager"], [start]).ok

    def waits():
        return ask("workflow.work", shop.people["auditor"], which="all", map="purchase_approval").rows[0]

    def done(role, outcome, values=None, reason=""):
        row = CompleteWork(waits().id, outcome, values or {}, reason=reason)
        assert run("workflow.complete", shop.people[role], [row]).ok
        return waits()

    done.waits = waits
    return done


def text(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def in_order(page, *said):
    """Whether these stand on the page one behind the other."""
    at = 0
    for one in said:
        at = page.find(one, at) + 1
        if not at:
            return False
    return True


def test_who_decides_reads_what_was_found_out_before(shop, as_, step):
    assert "For the calendars." in text(as_("planner").get(f"/work/{step.waits().id}")), "what the starter wrote"
    step("planner", "described", WANTED)
    item = step("purchasing", "chosen", OFFERED)
    page = text(as_("accountant").get(f"/work/{item.id}"))
    assert in_order(
        page, "What came before", "Ask for prices", "Supplier chosen", "1,432.5", "Describe need", "400 plates"
    )
    assert "1,480" in page
    assert "4 Mar 2031" in page
    german = text(as_("accountant", "de").get(f"/work/{item.id}"))
    assert in_order(german, "Was davor war", "Preise anfragen", "Lieferant gewählt", "1.432,5", "Bedarf beschreiben")


def test_what_was_asked_back_stands_there_with_its_reason_and_older_steps_are_folded_away(shop, as_, step):
    step("planner", "described", WANTED)
    item = step("purchasing", "unclear", reason="Which size?")
    assert in_order(text(as_("planner").get(f"/work/{item.id}")), "What came before", "Ask back", "Which size?")
    step("planner", "described", WANTED | {"what": "Plates 745 × 605"})
    item = step("purchasing", "chosen", OFFERED)
    page = text(as_("accountant").get(f"/work/{item.id}"))
    assert in_order(page, "Supplier chosen", "Plates 745 × 605", "2 steps more", "Which size?", "400 plates")


def test_the_one_key_takes_the_way_on_that_the_map_names_first(shop, as_, step):
    step("planner", "described", WANTED)
    item = step("purchasing", "chosen", OFFERED)
    page = as_("accountant").get(f"/work/{item.id}").content.decode()
    (key,) = re.findall(r'<button[^>]*value="(\w+)"[^>]*data-key="a"|<button[^>]*data-key="a"[^>]*value="(\w+)"', page)
    assert "".join(key) == "approved", "to refuse is not what one key does"


def test_whoever_may_not_see_the_item_learns_nothing_of_what_came_before(shop, step):
    step("planner", "described", WANTED)
    item = step("purchasing", "chosen", OFFERED)
    for who in (shop.people["warehouse"], shop.stranger):
        assert ask("workflow.earlier", who, item=item.id) == ("", "", [])
    assert len(ask("workflow.earlier", shop.people["accountant"], item=item.id).steps) == 2


def test_whoever_started_it_reads_what_was_done_so_far_on_its_page(shop, as_, step):
    step("planner", "described", WANTED)
    item = step("purchasing", "chosen", OFFERED)
    root = ask("workflow.work_item", shop.people["accountant"], id=item.id).instance
    page = text(as_("manager").get(f"/started/{root}"))
    assert in_order(
        page, "For the calendars.", "What was done so far", "Ask for prices", "Offset-Bedarf", "Describe need"
    )


def test_the_activity_of_an_order_names_the_map_the_step_and_what_was_decided(shop, as_, order):
    xml = resources.files("orderway.workflow").joinpath("gallery", "complaint.bpmn").read_text("utf-8")
    assert run("workflow.publish", system_actor(shop.company), [PublishMap(xml)]).ok
    assert run("workflow.start", shop.people["manager"], [StartMap("complaint", order)]).ok
    (item,) = ask("workflow.work", shop.people["manager"], subject=order, map="complaint").rows
    noted = CompleteWork(item.id, "noted", {"matter": "Dented", "severity": "low"}, ("answered",))
    assert run("workflow.complete", shop.people["manager"], [noted]).ok
    page = text(as_("manager").get(f"/orders/{order}"))
    assert in_order(page, "Note complaint", "· Noted", "On its way through the map", "· Complaint")
    assert in_order(text(as_("manager", "de").get(f"/orders/{order}")), "Reklamation aufnehmen", "· Aufgenommen")


def test_a_finished_item_says_what_was_decided_in_words(shop, as_, step):
    step("planner", "described", WANTED)
    item = step("purchasing", "chosen", OFFERED)
    assert run("workflow.complete", shop.people["accountant"], [CompleteWork(item.id, "refused")]).ok
    assert "Refuse by Accountant" in text(as_("accountant").get(f"/work/{item.id}"))


def test_who_may_not_decide_reads_whose_it_is(shop, as_, step):
    item = step("planner", "described", WANTED)
    assert run(
        "workflow.ask", shop.people["purchasing"], [AskColleague(item.id, shop.people["quality"].id, "Which?")]
    ).ok
    assert "This is work of Purchasing, a role you do not have. Ask a colleague of that role" in text(
        as_("quality").get(f"/work/{item.id}")
    )
    assert "a colleague asks you something" in text(as_("quality").get("/work"))


def test_the_page_of_what_was_started_shows_its_own_map_first(shop, as_):
    floor.machines(shop)
    order = floor.print_order(shop)
    xml = resources.files("orderway.workflow").joinpath("gallery", "complaint.bpmn").read_text("utf-8")
    assert run("workflow.publish", system_actor(shop.company), [PublishMap(xml)]).ok
    (root,) = run("workflow.start", shop.manager, [StartMap("complaint", order)]).done
    browser = as_("manager")
    (address,) = re.findall(r'hx-get="(/maps/of/order/[^"]+)"', browser.get(f"/started/{root}").content.decode())
    assert in_order(text(browser.get(address)), "Complaint", "Print order")
    assert in_order(text(browser.get(f"/maps/of/order/{order}")), "Print order", "Complaint")
