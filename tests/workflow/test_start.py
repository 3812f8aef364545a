"""Anybody starts what the map lets them start, and adds to this one: instructions, a due date, and a person who has to agree."""

from datetime import UTC, date, datetime, timedelta

import pytest
from workflow_trial import SYSTEM, drawing, flow, flows, publish, trials, work

from orderway.kernel import clock
from orderway.kernel.access import ROLES
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands import AdmitPerson
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.people.queries import actor_of
from orderway.workflow.commands.instruct import AddApprover, Instruct, SetDue
from orderway.workflow.commands.proceed import StartMap, drain
from orderway.workflow.commands.work import CompleteWork, HandOver

pytestmark = pytest.mark.usefixtures("trial")
MONDAY = datetime(2026, 7, 6, 8, tzinfo=UTC)
TWO = (
    work("a", "ok", "back", role="accountant")
    + work("b", role="quality")
    + '<exclusiveGateway id="g" default="g.a"/>'
    + flows("s a g", "b e")
    + flow("g", "b", 'outcome = "ok"')
    + flow("g", "a")
)


@pytest.fixture(autouse=True)
def monday(trial):
    with clock.at(MONDAY):
        yield


def admitted(shop, name, *roles):
    (id,) = run("people.admit", SYSTEM, [AdmitPerson(f"{name}@kessler.example", name.title(), roles)]).done
    return actor_of(id, shop.company)


def drawn(body=TWO, more=""):
    publish(drawing(body).replace('o:subject="trial"', f'o:subject="trial"{more}'))


def begun(actor, **more):
    (id,) = trials()
    outcome = run("workflow.start", actor, [StartMap("trial_map", id, **more)])
    assert outcome.ok, outcome.refused
    return outcome.done[0]


def waiting(instance):
    found = fetch(
        "select id, node, extra, assignee_id, why, round_of from work_item where instance_id = %(id)s and state = 'open' order by id",
        {"id": instance},
    )
    return found


def only(instance):
    (item,) = waiting(instance)
    return item


def complete(actor, item, outcome="done", **more):
    return run("workflow.complete", actor, [CompleteWork(item, outcome, **more)])


def codes(outcome):
    return [refusal.code for refusal in outcome.refused]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_start_a_map_that_restricts_nobody(role, shop):
    drawn()
    assert only(begun(getattr(shop, role))).node == "a"


def test_a_map_that_names_its_starters_is_started_by_them_alone_and_says_who_they_are(shop):
    drawn(more=' o:starters="planner quality"')
    (id,) = trials()
    refused = run("workflow.start", shop.warehouse, [StartMap("trial_map", id)]).refused
    assert [(one.code, one.facts["roles"]) for one in refused] == [("may-not-start", ["planner", "quality"])]
    (row,) = [one for one in ask("workflow.startable", shop.warehouse) if one.map == "trial_map"]
    assert (row.roles, row.mine) == (("planner", "quality"), False)
    assert run("workflow.start", shop.planner, [StartMap("trial_map", id)]).ok


def test_what_the_trade_itself_sends_through_a_map_needs_no_starter(shop):
    drawn(more=' o:starters="planner"')
    begun(SYSTEM)


def test_a_subject_that_is_not_there_starts_nothing(shop):
    drawn()
    assert codes(run("workflow.start", shop.planner, [StartMap("trial_map", 10**12)])) == ["no-such-subject"]
    assert codes(run("workflow.start", shop.planner, [StartMap("trial_map")])) == ["subject-missing"]


def test_a_matter_is_opened_by_its_name_as_often_as_one_likes(shop):
    publish(drawing(TWO).replace('o:subject="trial"', 'o:subject="matter"'))
    assert codes(run("workflow.start", shop.warehouse, [StartMap("trial_map")])) == ["title-missing"]
    rows = [
        StartMap("trial_map", title="A fork lift", about="The old one leaks."),
        StartMap("trial_map", title="Paint"),
    ]
    outcome = run("workflow.start", shop.warehouse, rows)
    assert outcome.ok
    titles = {row.title for row in ask("workflow.work", shop.accountant).rows}
    assert titles == {"A fork lift", "Paint"}
    mine = ask("workflow.started", shop.warehouse).rows
    assert [(row.title, row.at) for row in mine] == [("Paint", ["a"]), ("A fork lift", ["a"])]
    assert ask("workflow.instance", shop.warehouse, id=outcome.done[0]).matter.about == "The old one leaks."


def test_instructions_and_the_due_date_stand_with_every_step_and_name_their_author(shop):
    drawn()
    due = MONDAY + timedelta(days=3)
    instance = begun(shop.warehouse, instruction="Ring the customer first.", due_at=due)
    assert run("workflow.instruct", shop.warehouse, [Instruct(instance, "And be kind.")]).ok
    for actor, outcome in ((shop.accountant, "ok"), (shop.quality, "done")):
        form = ask("workflow.work_item", actor, id=only(instance).id)
        assert [(one.text, one.by) for one in form.told.said] == [
            ("Ring the customer first.", "Warehouse of Kessler"),
            ("And be kind.", "Warehouse of Kessler"),
        ]
        assert form.told.due_at == due
        assert complete(actor, form.row.id, outcome).ok


def test_only_whoever_started_it_adds_and_only_while_it_runs(shop):
    drawn()
    instance = begun(shop.warehouse)
    for name, row in (
        ("workflow.instruct", Instruct(instance, "x")),
        ("workflow.set_due", SetDue(instance, MONDAY + timedelta(days=1))),
        ("workflow.add_approver", AddApprover(instance, shop.planner.id, "a")),
    ):
        assert codes(run(name, shop.manager, [row])) == ["not-the-starter"], name
        assert codes(run(name, shop.stranger, [row])) == ["unknown-instance"], name
    complete(shop.accountant, only(instance).id, "ok")
    complete(shop.quality, only(instance).id)
    assert codes(run("workflow.instruct", shop.warehouse, [Instruct(instance, "x")])) == ["unknown-instance"]


def test_a_due_date_of_its_own_moves_what_the_map_tells_and_lies_ahead(shop):
    drawn(more=' o:due="P2D" o:counts="elapsed"')
    publish(
        drawing(f'<extensionElements><o:remind before="PT2H"/></extensionElements>{TWO}').replace(
            'o:subject="trial"', 'o:subject="trial" o:due="P2D" o:counts="elapsed"'
        )
    )
    instance = begun(shop.warehouse)
    due = MONDAY + timedelta(days=5)
    assert codes(run("workflow.set_due", shop.warehouse, [SetDue(instance, MONDAY)])) == ["not-in-the-future"]
    assert run("workflow.set_due", shop.warehouse, [SetDue(instance, due)]).ok
    (notice,) = fetch(
        "select at from work_notice where instance_id = %(id)s and work_item_id is null and state = 'waiting'",
        {"id": instance},
    )
    assert notice.at == due - timedelta(hours=2)


def test_an_extra_approver_agrees_after_the_role_of_the_map_and_never_instead_of_it(shop):
    drawn()
    instance = begun(shop.warehouse, approver=shop.planner.id, step="a")
    first = only(instance)
    assert ask("workflow.work", shop.planner).count == 0, "the map's role decides first"
    assert complete(shop.accountant, first.id, "ok").ok
    asked = only(instance)
    assert (asked.node, asked.extra, asked.assignee_id) == ("a", True, shop.planner.id)
    form = ask("workflow.work_item", shop.planner, id=asked.id)
    assert ([name for name, _, _ in form.outcomes], form.mine) == (["agree", "give_back"], True)
    assert codes(complete(shop.accountant, asked.id, "agree")) in (["unknown-work"], ["somebody-else-has-it"])
    assert codes(complete(shop.planner, asked.id, "ok")) == ["unknown-outcome"]
    assert complete(shop.planner, asked.id, "agree").ok
    assert only(instance).node == "b"


def test_what_the_extra_approver_gives_back_is_decided_again_and_agreed_to_again(shop):
    drawn()
    instance = begun(shop.warehouse, approver=shop.planner.id, step="a")
    complete(shop.accountant, only(instance).id, "ok")
    assert codes(complete(shop.planner, only(instance).id, "give_back")) == ["reason-missing"]
    assert complete(shop.planner, only(instance).id, "give_back", reason="Too dear").ok
    again = only(instance)
    assert (again.node, again.extra, again.why) == ("a", False, "Too dear")
    complete(shop.accountant, again.id, "ok")
    assert complete(shop.planner, only(instance).id, "agree").ok
    assert only(instance).node == "b"


def test_sent_back_by_the_role_the_extra_approver_is_not_asked(shop):
    drawn()
    instance = begun(shop.warehouse, approver=shop.planner.id, step="a")
    complete(shop.accountant, only(instance).id, "back", reason="Not yet")
    assert [(one.node, one.extra) for one in waiting(instance)] == [("a", False)]


def test_two_extra_approvers_both_have_to_agree(shop):
    drawn()
    instance = begun(shop.warehouse, approver=shop.planner.id, step="a")
    assert run("workflow.add_approver", shop.warehouse, [AddApprover(instance, shop.manager.id, "a")]).ok
    complete(shop.accountant, only(instance).id, "ok")
    first, second = waiting(instance)
    assert complete(actor_of(first.assignee_id, shop.company), first.id, "agree").ok
    assert [one.id for one in waiting(instance)] == [second.id]
    assert complete(actor_of(second.assignee_id, shop.company), second.id, "agree").ok
    assert only(instance).node == "b"


def test_four_eyes_hold_for_the_extra_approver_and_their_deputy(shop):
    drawn()
    colleague = admitted(shop, "colleague", "accountant")
    instance = begun(shop.warehouse, approver=colleague.id, step="a")
    first = only(instance)
    assert codes(complete(colleague, first.id, "ok")) == ["asked-to-agree"], (
        "they are asked to agree to what others decide"
    )
    complete(shop.accountant, first.id, "ok")
    asked = only(instance)
    row = RequestAbsence(date(2026, 7, 6), date(2026, 7, 8), shop.administrator.id, shop.accountant.id)
    (absence,) = run("people.request_absence", colleague, [row]).done
    assert run("people.decide_absence", shop.administrator, [DecideAbsence(absence)]).ok
    assert codes(complete(shop.accountant, asked.id, "agree")) == ["four-eyes"], (
        "for the approver, and decided it before"
    )
    assert complete(colleague, asked.id, "agree").ok


def test_a_step_that_names_who_must_not_decide_it_binds_the_extra_approver_too(shop):
    both = (
        work("a", role="accountant")
        + work("b", role="quality", more='o:notBy="a"')
        + flows("s a b e")
    )  # fmt: skip
    drawn(both)
    instance = begun(shop.warehouse, approver=shop.accountant.id, step="b")
    complete(shop.accountant, only(instance).id)
    complete(shop.quality, only(instance).id)
    assert codes(complete(shop.accountant, only(instance).id, "agree")) == ["four-eyes"]


def test_who_cannot_be_an_extra_approver_is_refused_and_nothing_is_started(shop):
    drawn()
    for person, step, code in (
        (shop.warehouse.id, "a", "own-approval"),
        (shop.stranger.id, "a", "unknown-person"),
        (shop.planner.id, "g", "unknown-step"),
        (shop.accountant.id, "a", "nobody-else"),
    ):
        (id,) = trials()
        row = StartMap("trial_map", id, approver=person, step=step)
        assert codes(run("workflow.start", shop.warehouse, [row])) == [code]
        assert (
            fetch("select id from process_instance where subject_id = %(id)s and subject_type = 'trial'", {"id": id})
            == []
        )


def test_what_somebody_was_asked_by_name_is_not_handed_over(shop):
    drawn()
    instance = begun(shop.warehouse, approver=shop.planner.id, step="a")
    complete(shop.accountant, only(instance).id, "ok")
    assert codes(run("workflow.hand_over", shop.planner, [HandOver(only(instance).id, shop.manager.id)])) == [
        "asked-by-name"
    ]
    assert run("workflow.claim", shop.planner, [Ref(only(instance).id)]).ok


THREE = (
    '<userTask id="v" name="vote" o:role="accountant"><extensionElements><o:outcome name="yes" label="Yes"/>'
    '<o:outcome name="no" label="No"/></extensionElements><multiInstanceLoopCharacteristics{turn}><loopCardinality>3'
    "</loopCardinality><completionCondition>count_yes >= 2</completionCondition></multiInstanceLoopCharacteristics></userTask>"
)


@pytest.mark.parametrize("turn", ["", ' isSequential="true"'])
def test_of_two_of_three_votes_nobody_gives_two(turn, shop):
    drawn(THREE.replace("{turn}", turn) + flows("s v e"))
    second = admitted(shop, "second", "accountant")
    instance = begun(SYSTEM)
    first, *_ = waiting(instance)
    assert complete(shop.accountant, first.id, "yes").ok
    other, *_ = waiting(instance)
    assert codes(complete(shop.accountant, other.id, "yes")) == ["voted-already"]
    assert complete(second, other.id, "yes").ok
    (row,) = fetch("select state from process_instance where id = %(id)s", {"id": instance})
    assert row.state == "ended"


def test_two_votes_in_one_act_are_one_vote_and_a_refusal(shop):
    drawn(THREE.replace("{turn}", "") + flows("s v e"))
    instance = begun(SYSTEM)
    rows = [CompleteWork(one.id, "yes") for one in waiting(instance)[:2]]
    assert codes(run("workflow.complete", shop.accountant, rows)) == ["voted-already"], "all or nothing"
    outcome = run("workflow.complete", shop.accountant, rows, partial=True)
    assert (len(outcome.done), codes(outcome)) == (1, ["voted-already"])


def test_a_deputy_is_no_second_vote_of_who_is_away_nor_of_themselves(shop):
    drawn(THREE.replace("{turn}", "") + flows("s v e"))
    second = admitted(shop, "second", "accountant")
    instance = begun(SYSTEM)
    one, two, three = waiting(instance)
    run("workflow.claim", shop.accountant, [Ref(two.id)])
    assert complete(shop.accountant, one.id, "no").ok
    row = RequestAbsence(date(2026, 7, 6), date(2026, 7, 8), shop.administrator.id, second.id)
    (absence,) = run("people.request_absence", shop.accountant, [row]).done
    assert run("people.decide_absence", shop.administrator, [DecideAbsence(absence)]).ok
    assert codes(complete(second, two.id, "yes")) == ["voted-already"], "for who is away and has voted"
    assert complete(second, three.id, "yes").ok, "for themselves"


def test_the_same_person_goes_round_a_loop_as_often_as_it_takes(shop):
    loop = (
        '<userTask id="v" name="try" o:role="accountant"><extensionElements><o:outcome name="yes" label="Yes"/>'
        '<o:outcome name="no" label="No"/></extensionElements><standardLoopCharacteristics loopMaximum="5"><loopCondition>'
        'outcome = "no"</loopCondition></standardLoopCharacteristics></userTask>'
    )
    drawn(loop + flows("s v e"))
    instance = begun(SYSTEM)
    assert complete(shop.accountant, only(instance).id, "no").ok
    assert complete(shop.accountant, only(instance).id, "no").ok


def test_an_approval_that_still_holds_is_asked_again_where_somebody_has_to_agree(shop):
    body = (
        work("a", "ok", "back", role="accountant", more='o:holds="sheet"')
        + work("b", "fine", "back", role="quality")
        + '<exclusiveGateway id="g" default="g.e"/>'
        + flows("s a b g")
        + flow("g", "a", 'outcome = "back"')
        + flow("g", "e")
    )
    drawn(body)
    instance = begun(shop.warehouse, approver=shop.planner.id, step="a")
    complete(shop.accountant, only(instance).id, "ok")
    complete(shop.planner, only(instance).id, "agree")
    complete(shop.quality, only(instance).id, "back", reason="No")
    assert only(instance).node == "a"
    drain()


def test_how_a_selection_may_be_finished_is_asked_in_as_many_statements_as_one(shop):
    drawn()
    instance = begun(SYSTEM)
    item = only(instance)
    assert ask("workflow.ways", shop.accountant, ids=[item.id]) == {item.id: ("ok", "back")}
