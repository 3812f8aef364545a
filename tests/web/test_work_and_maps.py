"""What waits for whom, deciding it, and the map it comes from."""

import re

import pytest
import shop_floor as floor

from orderway.documents.commands import AddDocument
from orderway.documents.store import store
from orderway.kernel.access import ROLES
from orderway.kernel.running import ask


def text(answer):
    return answer.content.decode()


def waiting_of(browser):
    """The number at Work in the side bar."""
    (entry,) = re.findall(r'<a[^>]*href="/work"[^>]*>.*?</a>', text(browser.get("/")), re.DOTALL)[:1]
    number = re.search(r">(\d+)<", entry)
    return int(number[1]) if number else 0


@pytest.fixture
def item(shop):
    """The order form that waits for the manager."""
    floor.machines(shop)
    order = floor.print_order(shop)
    (row,) = ask("workflow.work", shop.manager, subject=order).rows
    return row


@pytest.fixture
def filled():
    from datetime import date, timedelta

    deadline = (date.today() + timedelta(days=20)).isoformat()  # noqa: DTZ011 - any day well ahead
    return {f"field-{name}": value for name, value in floor.FORM.items()} | {"field-deadline": deadline}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_its_own_work(role, shop, as_, item):
    browser = as_(role)
    for page in ("/work", "/work?which=mine", "/work?which=nonsense", "/work/table", "/work/table?late=true&sort=-due"):
        assert browser.get(page).status_code == 200, page
    seen = role in ("manager", "administrator", "auditor")
    assert browser.get(f"/work/{item.id}").status_code == (200 if seen else 404)
    assert browser.get(f"/work/{item.id}/hand-over").status_code == (200 if seen else 404)


def test_another_company_has_no_such_work(shop, as_, item):
    stranger = as_(shop.stranger)
    assert stranger.get(f"/work/{item.id}").status_code == 404
    assert stranger.post(f"/work/{item.id}/complete", {"outcome": "done"}).status_code == 404
    assert stranger.get("/maps/print_order").status_code == 404


def test_an_item_shows_its_instruction_and_form_and_goes_on_when_filled(shop, as_, item, filled):
    browser = as_("manager")
    page = text(browser.get(f"/work/{item.id}"))
    assert "What to do." in page
    assert 'name="field-format"' in page
    (outcome,) = [
        name for name, _label, back in ask("workflow.work_item", shop.manager, id=item.id).outcomes if not back
    ]
    missing = browser.post(f"/work/{item.id}/complete", {"outcome": outcome, "field-format": "A4"})
    assert missing.status_code == 422
    assert 'value="A4"' in text(missing), "what was typed stays"
    done = browser.post(f"/work/{item.id}/complete", {"outcome": outcome, **filled})
    assert done.status_code == 302, text(done)
    assert ask("workflow.work_item", shop.manager, id=item.id).state == "done"


def test_the_papers_of_the_order_stand_beside_the_form(shop, as_, item):
    parcel = ask("orders.one", shop.manager, id=item.subject_id).parcel_id
    kept = store().keep(shop.company, b"proof")
    floor.ok("documents.add", shop.manager, AddDocument(parcel, kept.sha256, "text/plain", "proof.txt"))
    page = text(as_("manager").get(f"/work/{item.id}"))
    (paper,) = ask("documents.in_parcel", shop.manager, id=parcel)
    assert "proof.txt" in page
    assert f'src="/documents/{paper.id}/file?version=1"' in page


def test_the_next_item_opens_by_itself(shop, as_, item, filled):
    floor.print_order(shop)
    first, second = ask("workflow.work", shop.manager).rows
    browser = as_("manager")
    page = text(browser.get(f"/work/{first.id}"))
    assert f'name="following" value="{second.id}"' in page
    (outcome,) = [
        name for name, _label, back in ask("workflow.work_item", shop.manager, id=first.id).outcomes if not back
    ]
    done = browser.post(f"/work/{first.id}/complete", {"outcome": outcome, "following": second.id, **filled})
    assert done.headers["Location"].startswith(f"/work/{second.id}")


def test_taking_and_handing_over(shop, as_, item):
    browser = as_("manager")
    browser.post(f"/work/{item.id}/claim")
    assert ask("workflow.work_item", shop.manager, id=item.id).row.assignee_id == shop.manager.id
    refused = browser.post(f"/work/{item.id}/hand-over", {"person": str(shop.warehouse.id)})
    assert "note late" in text(refused), "the colleague must hold the role"
    browser.post(f"/work/{item.id}/hand-over", {"person": "", "note": "not mine"})
    assert ask("workflow.work_item", shop.manager, id=item.id).row.assignee_id is None


def test_a_selection_is_taken_in_one_act_after_its_dry_run(shop, as_, item):
    floor.print_order(shop)
    ids = [row.id for row in ask("workflow.work", shop.manager).rows]
    browser = as_("manager")
    assert "2 would be done" in text(browser.post("/work/do/claim", {"id": ids, "dry": "1"}))
    assert ask("workflow.work", shop.manager, which="mine").count == 0
    browser.post("/work/do/claim", {"id": ids})
    assert ask("workflow.work", shop.manager, which="mine").count == 2
    assert "2 refused" in text(browser.post("/work/do/complete", {"id": ids, "dry": "1"})), "their forms are empty"
    assert browser.post("/work/do/anything", {"id": ids}).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_live_map_with_counts_in_the_table(role, shop, as_, item):
    browser = as_(role)
    assert "Print order" in text(browser.get("/maps"))
    page = text(browser.get("/maps/print_order"))
    assert "Fill order form" in page
    assert browser.get("/maps/print_order?step=fill_form").status_code == 200
    assert browser.get(f"/maps/of/order/{item.subject_id}").status_code == 200
    assert browser.get("/maps/nothing").status_code == 404


def test_the_drawing_speaks_the_readers_language(shop, as_, item):
    german = as_("manager", "de").get("/maps/print_order/drawing")
    assert german["Content-Type"] == "application/xml"
    assert "Auftragsformular ausfüllen" in text(german)
    assert "Fill order form" in text(as_("manager").get("/maps/print_order/drawing?version=1"))
    assert as_("manager").get("/maps/print_order/drawing?version=9").status_code == 404


def test_an_item_is_put_off_asked_about_and_put_before_others(shop, as_, item):
    manager, warehouse = as_("manager"), as_("warehouse")
    assert manager.get(f"/work/{item.id}/later").status_code == 200
    assert manager.post(f"/work/{item.id}/later", {"when": "day"}).status_code == 422
    assert manager.post(f"/work/{item.id}/later", {"when": "tomorrow", "priority": "2"}).status_code == 302
    assert ask("workflow.work", shop.manager).rows == []
    page = text(manager.get("/work?which=snoozed"))
    assert "urgent" in page
    assert "Put off until" in page
    assert manager.post(f"/work/{item.id}/later", {"when": "now"}).status_code == 302
    assert manager.post(f"/work/{item.id}/ask", {"person": shop.warehouse.id}).status_code == 422
    asked = manager.post(f"/work/{item.id}/ask", {"person": shop.warehouse.id, "text": "How many are there?"})
    assert asked.status_code == 302
    page = text(warehouse.get("/work?which=asked"))
    assert "How many are there?" in page
    assert "Your answer" in page
    (question,) = ask("workflow.work_item", shop.manager, id=item.id).questions
    assert waiting_of(warehouse) == 1, "a question waits as work does"
    answered = warehouse.post(f"/work/{item.id}/answer/{question.id}?which=asked", {"text": "Twelve."})
    assert answered["Location"] == "/work?which=asked", "the next question opens"
    assert waiting_of(warehouse) == 0
    bell = text(manager.get("/notices"))
    assert "How many are there?" in bell
    assert "Twelve." in bell
    (opens,) = re.findall(r'action="(/notices/\d+)"', bell)
    assert manager.post(opens)["Location"] == f"/work/{item.id}"
    assert "Twelve." in text(manager.get(f"/work/{item.id}"))


def test_a_deputy_sees_for_whom_they_decide(shop, as_, item, filled):
    from orderway.kernel import clock
    from orderway.kernel.running import run
    from orderway.people.commands.absences import DecideAbsence, RequestAbsence

    today = clock.today("Europe/Berlin")
    row = RequestAbsence(today, today, shop.administrator.id, shop.planner.id)
    (id,) = run("people.request_absence", shop.manager, [row]).done
    run("people.decide_absence", shop.administrator, [DecideAbsence(id)])
    planner = as_("planner")
    page = text(planner.get("/work?which=acting"))
    assert "For Manager of Kessler, who is away" in page
    assert "You stand in for" in page
    (outcome,) = [name for name, _, back in ask("workflow.work_item", shop.planner, id=item.id).outcomes if not back]
    assert planner.post(f"/work/{item.id}/complete", {"outcome": outcome, **filled}).status_code == 302
    assert "by Planner of Kessler for Manager of Kessler" in text(as_("administrator").get(f"/work/{item.id}"))


def test_fields_come_and_go_while_the_form_is_filled_in(shop, as_):
    from orderway.kernel.running import run
    from orderway.workflow.commands.proceed import StartMap
    from orderway.workflow.commands.publish import PublishMap

    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
    form = (
        '<o:field name="percent" type="money" label="Reduction"/>'
        '<o:field name="why" type="text" label="Why so much" required="true" visible="percent &gt; 10"/>'
        '<o:field name="proof" type="file" label="Proof"/><o:help>Ask accounting.</o:help>'
    )
    xml = (
        f'{head}<process id="moving" name="Moving" isExecutable="true" o:subject="order"><startEvent id="s"/>'
        f'<userTask id="a" name="Grant" o:role="manager" o:due="P1D" o:accountable="administrator"><extensionElements>{form}'
        '</extensionElements></userTask><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        '<sequenceFlow id="g" sourceRef="a" targetRef="e"/></process></definitions>'
    )
    assert run("workflow.publish", shop.administrator, [PublishMap(xml)]).ok
    floor.machines(shop)
    order = floor.print_order(shop)
    run("workflow.start", shop.manager, [StartMap("moving", order)])
    (item,) = ask("workflow.work", shop.manager, map="moving").rows
    browser = as_("manager")
    page = text(browser.get(f"/work/{item.id}"))
    assert "Help with this step" in page
    assert "Answers for it" in page
    assert "Why so much" not in page
    assert "Why so much" in text(browser.post(f"/work/{item.id}/fields", {"field-percent": "12"}))
    assert "Why so much" not in text(browser.post(f"/work/{item.id}/fields", {"field-percent": "9"}))
    refused = browser.post(f"/work/{item.id}/complete", {"outcome": "done", "field-percent": "12"})
    assert refused.status_code == 422
    assert "Still needed: Why so much." in text(refused), "it is asked for now"
    field = re.search(r'<textarea[^>]*name="field-why"[^>]*>', text(refused))[0]
    assert ' autofocus aria-invalid="true"' in field, "and one may type at once"
    unfit = text(browser.post(f"/work/{item.id}/complete", {"outcome": "done", "field-percent": "lots"}))
    assert "What stands here does not fit: Reduction." in unfit
    assert "This is no amount." in unfit
    assert 'value="lots"' in unfit
    done = {"outcome": "done", "field-percent": "12", "field-why": "Regular customer"}
    assert browser.post(f"/work/{item.id}/complete", done).status_code == 302
