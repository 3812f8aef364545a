"""The form of a step is drawn, not programmed: every type of field, fields that come and go, and what stands in them at first."""

import json

import pytest
from workflow_trial import SYSTEM, change, drawing, flows, publish, trials, work

from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

pytestmark = pytest.mark.usefixtures("trial")
FORM = (
    '<o:field name="percent" type="number" label="Percent" default="total"/>'
    '<o:field name="why" type="text" label="Why so much" required="true" visible="percent &gt; 10"/>'
    '<o:field name="who" type="string" label="Who agreed" required="true" visible="why != null"/>'
    '<o:field name="rush" type="boolean" label="Rush" default="total &gt; 50"/>'
    '<o:field name="paper" type="string" label="Sheet" default="sheet"/>'
    '<o:field name="note" type="string" label="Note" visible="flag" default="&quot;none&quot;"/>'
    '<o:help>Ask the accountant.</o:help><o:help lang="de">Die Buchhaltung fragen.</o:help>'
)


def begin(inner=FORM, more="", **columns):
    publish(drawing(work("a", inner=inner, more=more) + flows("s a e")))
    (id,) = trials(1, **columns)
    assert run("workflow.start", SYSTEM, [StartMap("trial_map", id)]).ok
    return id


def form(shop, **typed):
    (row,) = ask("workflow.work", shop.manager).rows
    return ask("workflow.work_item", shop.manager, id=row.id, typed=typed)


def shown(one):
    return {field.name: field.value for field in one.fields if field.shown}


def finish(shop, **values):
    return run("workflow.complete", shop.manager, [CompleteWork(form(shop).row.id, values=values)])


def kept():
    (row,) = fetch("select values from work_item where state = 'done' order by id desc limit 1", {})
    return json.loads(row.values)


def test_defaults_come_from_facts_and_constants(shop):
    begin(total=60, flag=True, sheet="v7")
    assert shown(form(shop)) == {"percent": "60", "why": None, "rush": True, "paper": "v7", "note": "none"}


def test_fields_come_and_go_with_what_is_typed(shop):
    begin(total=5)
    assert list(shown(form(shop))) == ["percent", "rush", "paper"]
    assert "why" in shown(form(shop, percent="12"))
    assert "who" in shown(form(shop, percent="12", why="big"))
    assert "who" not in shown(form(shop, percent="5", why="big")), "what is hidden counts as empty for the next"


def test_a_hidden_field_is_neither_asked_for_nor_kept(shop):
    begin(total=5)
    (refusal,) = finish(shop, percent="12").refused
    assert (refusal.code, refusal.facts["fields"]) == ("incomplete", ["why"])
    assert finish(shop, percent="12", why="big").refused[0].facts["fields"] == ["who"]
    assert finish(shop, percent="8", why="big", note="x").ok
    assert kept() == {"percent": "8"}


def test_a_fact_that_changes_meanwhile_counts_as_it_is_when_somebody_decides(shop):
    id = begin(total=5)
    change(id, flag=True)
    assert finish(shop, percent="1", note="seen").ok
    assert kept() == {"percent": "1", "note": "seen"}


TYPES = (
    '<o:field name="fee" type="money" label="Fee"/><o:field name="at" type="datetime" label="At"/>'
    '<o:field name="proof" type="file" label="Proof"/>'
)


@pytest.mark.parametrize(
    ("field", "good", "stored", "bad"),
    [
        ("fee", "12.50", "12.50", "12.5001"),
        ("fee", -3, "-3", True),
        ("at", "2026-07-06T10:00:00+02:00", "2026-07-06T08:00:00+00:00", "2026-07-06T10:00:00"),
        ("proof", 17, "17", "a.pdf"),
    ],
)
def test_every_type_of_field_keeps_what_fits_and_names_what_does_not(shop, field, good, stored, bad):
    begin(TYPES)
    (refusal,) = finish(shop, **{field: bad}).refused
    assert (refusal.code, refusal.facts["fields"]) == ("field-invalid", [field])
    assert finish(shop, **{field: good}).ok
    assert kept() == {field: stored}


def test_help_and_who_answers_for_a_step_stand_with_it(shop):
    begin(more='o:accountable="administrator" o:consulted="accountant quality" o:informed="auditor"')
    one = form(shop)
    assert one.help == "Ask the accountant."
    assert one.raci == {
        "accountable": ("administrator",),
        "consulted": ("accountant", "quality"),
        "informed": ("auditor",),
    }


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ('<o:field name="x" type="number" label="x" visible="nothing = 1"/>', "no fact or field"),
        ('<o:field name="x" type="number" label="x" default="sheet"/>', "expected a number"),
        ('<o:field name="x" type="string" label="x" default="1 +"/>', "x:"),
        ('<o:field name="x" type="colour" label="x"/>', "two types"),
    ],
)
def test_an_expression_that_cannot_be_read_is_refused_at_publish_with_the_field(field, why):
    xml = drawing(work("a", inner=field) + flows("s a e"))
    (refusal,) = run("workflow.publish", SYSTEM, [PublishMap(xml)]).refused
    assert why in refusal.facts["problems"][0]["why"]
