"""Starting a map from the start page, what stands with the work then, many items at once, and the control centre."""

import re
from datetime import UTC, datetime

import pytest
import shop_floor as floor
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.kernel import clock
from orderway.kernel.access import ROLES, system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'


def drawn(key="matters", subject="matter", more=""):
    """A map with one decision of the accountant."""
    return (
        f'{HEAD}<process id="{key}" name="A need" isExecutable="true" o:subject="{subject}"{more}><startEvent id="s"/>'
        '<userTask id="look" name="Look at it" o:role="accountant" o:accountable="manager" o:due="P1D"><extensionElements>'
        '<o:outcome name="yes" label="Good"/><o:outcome name="back" label="Not so" sendsBack="true"/></extensionElements></userTask>'
        '<exclusiveGateway id="g" default="gl"/><endEvent id="e"/><sequenceFlow id="sl" sourceRef="s" targetRef="look"/>'
        '<sequenceFlow id="lg" sourceRef="look" targetRef="g"/><sequenceFlow id="gl" sourceRef="g" targetRef="look"/>'
        '<sequenceFlow id="ge" sourceRef="g" targetRef="e"><conditionExpression>outcome = "yes"</conditionExpression></sequenceFlow>'
        "</process></definitions>"
    )


@pytest.fixture
def need(shop):
    assert run("workflow.publish", system_actor(shop.company), [PublishMap(drawn())]).ok


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_role_starts_a_map_and_finds_it_on_the_start_page(role, as_, need):
    browser = as_(role)
    page = text(browser.get("/start"))
    assert "A need" in page
    assert "Everybody" in page
    assert browser.get("/start/matters").status_code == 200
    done = browser.post("/start/matters", {"title": "A fork lift", "about": "The old one leaks."})
    assert done.status_code == 302, text(done)
    assert "The old one leaks." in text(browser.get(done.headers["Location"]))
    assert "A fork lift" in text(browser.get("/start"))


def test_all_that_one_has_started_is_a_list_with_filters_and_pages(shop, as_, need):
    assert run(
        "workflow.publish", system_actor(shop.company), [PublishMap(drawn("others").replace("A need", "A wish"))]
    ).ok
    browser = as_("warehouse")
    for n in range(9):
        browser.post("/start/matters", {"title": f"Lift {n}", "due": f"2030-03-{10 + n}"})
    browser.post("/start/others", {"title": "A bench", "due": "2029-01-02"})
    first = text(browser.get("/start"))
    assert 'href="/started">All 10</a>' in first
    assert "Lift 0" not in first
    every = text(browser.get("/started?size=5"))
    assert "1 to 5 of 10" in every
    assert [int(n) for n in re.findall(r">Lift (\d)<", every)] == [8, 7, 6, 5]
    last = text(browser.get("/started?size=5&after=5&sort=due"))
    assert [int(n) for n in re.findall(r">Lift (\d)<", last)] == [4, 5, 6, 7, 8]
    assert "A bench" in text(browser.get("/started?map=others"))
    assert "Nothing here." in text(browser.get("/started?late=true"))
    with clock.at(datetime(2029, 6, 1, tzinfo=UTC)):
        assert [row.title for row in ask("workflow.started", shop.warehouse, late=True).rows] == ["A bench"]
    assert "Nothing here." in text(browser.get("/started?state=stopped"))
    assert "Nothing here." in text(as_("planner").get("/started"))


def test_in_the_table_of_all_work_there_is_a_box_where_the_reader_may_decide(shop, as_, need):
    for title in ("A fork lift", "A bench"):
        as_("warehouse").post("/start/matters", {"title": title})
    first, second = (row.id for row in ask("workflow.work", shop.accountant).rows)
    run("workflow.claim", shop.accountant, [Ref(second)])
    boxes = {
        role: re.findall(r'class="check" name="id" value="(\d+)"', text(as_(role).get("/work/table?which=all")))
        for role in ("accountant", "administrator")
    }
    assert boxes == {"accountant": [str(first), str(second)], "administrator": []}
    assert "A bench" in text(as_("administrator").get("/work/table?which=all"))


def test_a_restricted_map_says_who_may_and_offers_no_button(shop, as_):
    assert run(
        "workflow.publish", system_actor(shop.company), [PublishMap(drawn(more=' o:starters="planner quality"'))]
    ).ok
    page = text(as_("warehouse").get("/start"))
    assert "Planner, Quality" in page or "Quality" in page
    assert "/start/matters" not in page
    refused = as_("warehouse").post("/start/matters", {"title": "Anyway"})
    assert refused.status_code == 422
    assert "/start/matters" in text(as_("planner").get("/start"))


def test_what_the_starter_says_stands_with_the_work_and_on_its_own_page(shop, as_, need):
    browser = as_("warehouse")
    given = {"title": "A fork lift", "instruction": "Ask Linde first.", "due": "2030-03-01"}
    given |= {"approver": str(shop.planner.id), "step": "look"}
    address = browser.post("/start/matters", given).headers["Location"]
    (row,) = ask("workflow.work", shop.accountant).rows
    item = text(as_("accountant").get(f"/work/{row.id}"))
    for page in (item, text(browser.get(address))):
        assert "Ask Linde first." in page
        assert "Warehouse of Kessler says:" in page
        assert "Planner of Kessler" in page
    as_("accountant").post(f"/work/{row.id}/complete", {"outcome": "yes"})
    (asked,) = ask("workflow.work", shop.planner).rows
    page = text(as_("planner").get(f"/work/{asked.id}"))
    assert "Agree to: Look at it" in page
    assert "Agree: Good" in page
    as_("planner").post(f"/work/{asked.id}/complete", {"outcome": "agree"})
    assert "agreed" in text(browser.get(address))


def test_more_is_added_by_the_starter_while_it_runs_and_by_nobody_else(shop, as_, need):
    browser = as_("warehouse")
    address = browser.post("/start/matters", {"title": "Paint"}).headers["Location"]
    assert "Add something" in text(browser.get(address))
    assert "Add something" not in text(as_("manager").get(address))
    assert browser.post(f"{address}/add", {"instruction": "Blue."}).status_code == 302
    assert "Blue." in text(browser.get(address))
    assert as_("manager").post(f"{address}/add", {"instruction": "Red."}).status_code == 422
    assert as_(shop.stranger).get(address).status_code == 404


def test_half_an_approver_is_no_approver(as_, need, shop):
    answer = as_("warehouse").post("/start/matters", {"title": "Paint", "approver": str(shop.planner.id)})
    assert answer.status_code == 422
    assert "Choose both" in text(answer)


def test_a_step_without_an_approver_says_nothing(as_, need, shop):
    form = text(as_("warehouse").get("/start/matters"))
    assert '<option value="look"' in form
    assert "–</option>" not in form.partition('name="step"')[2].partition("</select>")[0], "one step is always chosen"
    address = (
        as_("warehouse").post("/start/matters", {"title": "Paint", "approver": "", "step": "look"}).headers["Location"]
    )
    assert "agree" not in text(as_("warehouse").get(address)).partition("Add something")[0]


def test_an_order_is_named_by_its_number(shop, as_):
    assert run("workflow.publish", system_actor(shop.company), [PublishMap(drawn(subject="order"))]).ok
    floor.machines(shop)
    order = ask("orders.one", shop.manager, id=floor.print_order(shop))
    browser = as_("planner")
    assert f'<option value="{order.number}">' in text(browser.get(f"/start/orders?order={order.number}"))
    assert f'value="{order.number}"' in text(browser.get(f"/start/matters?order={order.id}"))
    assert browser.post("/start/matters", {"order": "nothing like it"}).status_code == 422
    address = browser.post("/start/matters", {"order": order.number}).headers["Location"]
    assert order.number in text(browser.get(address))
    again = browser.post("/start/matters", {"order": order.number})
    assert again.status_code == 422, "it is on its way through this map"


def test_a_selection_is_approved_or_sent_back_in_one_act_and_each_refusal_is_named(shop, as_, need):
    browser = as_("warehouse")
    for name in ("One", "Two", "Three"):
        browser.post("/start/matters", {"title": name})
    ids = [row.id for row in ask("workflow.work", shop.accountant).rows]
    accountant = as_("accountant")
    assert "3 would be done" in text(accountant.post("/work/do/complete", {"id": ids, "dry": "1"}))
    dry = text(accountant.post("/work/do/back", {"id": ids[:1], "dry": "1"}))
    assert "1 would be done" in dry
    assert 'name="reason"' in dry
    accountant.post("/work/do/back", {"id": ids[:1]})
    assert ask("workflow.work_item", shop.accountant, id=ids[0]).state == "open", "nothing goes back without a reason"
    accountant.post("/work/do/back", {"id": ids[:1], "reason": "Too dear"})
    (again,) = [row for row in ask("workflow.work", shop.accountant).rows if row.why]
    assert again.why == "Too dear"
    assert run("workflow.complete", system_actor(shop.company), [CompleteWork(ids[1], "yes")]).ok, "somebody was faster"
    told = text(accountant.post("/work/do/complete", {"id": ids[1:]}, follow=True))
    assert ask("workflow.work_item", shop.accountant, id=ids[2]).state == "done"
    assert "Approve: 1 done" in told
    assert "done already" in told, "and the other is told"


def test_finishing_many_takes_as_many_statements_as_finishing_three(shop, as_, need):
    browser = as_("warehouse")
    for n in range(12):
        browser.post("/start/matters", {"title": f"Need {n}"})
    ids = [row.id for row in ask("workflow.work", shop.accountant).rows]
    accountant = as_("accountant")
    with CaptureQueriesContext(connection) as few:
        accountant.post("/work/do/complete", {"id": ids[:3]})
    with CaptureQueriesContext(connection) as many:
        accountant.post("/work/do/complete", {"id": ids[3:]})
    assert len(many) <= len(few)


@pytest.mark.parametrize("role", ROLES)
def test_the_control_centre_leads_to_every_setting_and_every_link_opens(role, as_, need):
    browser = as_(role)
    page = text(browser.get("/control"))
    main = page.split('id="control"')[1]
    links = re.findall(r'class="link" href="([^"]+)"', main)
    assert {"/maps", "/start", "/calendar", "/absences", "/notices", "/account"} <= set(links)
    for link in links:
        assert browser.get(link).status_code == 200, link
