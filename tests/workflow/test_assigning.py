"""A published table says to whom work goes and how urgent it is; the log says it again (SE-17, SP-14)."""

import random
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from workflow_trial import COMPANY, SYSTEM, change, drawing, flows, publish, trials, work

from orderway.decisions.commands import PublishTable
from orderway.kernel.access import Actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands import AdmitPerson
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.work import CompleteWork

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
PEOPLE = ("anna", "bert", "cleo", "dora")
# condition on the total, on the flag -> candidates, role, priority
RULES = (
    ("< 100", "true", "anna, bert", "", 2),
    ("< 100", "-", "bert, cleo, anna", "", 0),
    ("[100..1000)", "-", "cleo, dora", "planner", 1),
    ("[1000..5000)", "-", "", "accountant", 7),
    ("-", "-", "nobody.here", "", -3),
)
ROLES = {"anna": {"manager"}, "bert": {"manager", "planner"}, "cleo": {"manager", "planner"}, "dora": {"planner"}}


def mails(names: str) -> str:
    return ", ".join(f"{name}@assign.example" for name in names.split(", ") if name)


def table(rules: Any = RULES) -> str:
    cells = "".join(
        f"<rule><inputEntry><text><![CDATA[{total}]]></text></inputEntry><inputEntry><text>{flag}</text></inputEntry>"
        f'<outputEntry><text>"{mails(who)}"</text></outputEntry><outputEntry><text>"{role}"</text></outputEntry>'
        f"<outputEntry><text>{priority}</text></outputEntry></rule>"
        for total, flag, who, role, priority in rules
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:w" name="w"><decision id="who" name="Who handles it"><decisionTable '
        'hitPolicy="FIRST"><input><inputExpression typeRef="number"><text>total</text></inputExpression></input><input>'
        '<inputExpression typeRef="boolean"><text>flag</text></inputExpression></input><output name="person" typeRef="string"/>'
        f'<output name="role" typeRef="string"/><output name="priority" typeRef="number"/>{cells}</decisionTable></decision>'
        "</definitions>"
    )


MAP = drawing(work("look", "done", more='o:assignment="who"') + flows("s look e"))


def set_up() -> dict[str, int]:
    """The people by name, each with another pile of open work, and the published table and map."""
    rows = [AdmitPerson(f"{name}@assign.example", name.title(), sorted(ROLES[name])) for name in PEOPLE]
    ids = run("people.admit", SYSTEM, rows).done
    assert run("decisions.publish", SYSTEM, [PublishTable(table(), "trial")]).ok
    publish(MAP)
    return dict(zip(PEOPLE, ids, strict=True))


def items(ids: list[int]) -> dict[int, Any]:
    rows = fetch(
        "select subject_id, id, role, assignee_id, priority from work_item where subject_type = 'trial'"
        " and subject_id = any(%(ids)s::bigint[]) and company_id = %(company)s::bigint order by id",
        {"ids": ids, "company": COMPANY},
    )
    return {row.subject_id: row for row in rows}


def rule_of(total: Decimal, flag: bool) -> int:
    """The same rules by hand, from 0."""
    if total < 100:
        return 0 if flag else 1
    return 2 if total < 1000 else 3 if total < 5000 else 4


def test_two_hundred_go_to_whom_the_table_names_and_has_least_and_the_log_says_it_again(trial: Any) -> None:
    chance, people = random.Random(17), set_up()
    ids = trials(200)
    asked = {}
    for id in ids:
        asked[id] = (Decimal(chance.choice((5, 99, 100, 999, 1000, 4999, 9000))), chance.random() < 0.5)
        change(id, total=asked[id][0], flag=asked[id][1])
    for start in range(0, 200, 40):
        assert run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids[start : start + 40]]).ok
    found = items(ids)
    has = dict.fromkeys(PEOPLE, 0)
    for id in sorted(ids, key=lambda one: found[one].id):  # in the order they were given out
        *_, who, role, priority = RULES[rule_of(*asked[id])]
        holds = role or "manager"
        candidates = [name for name in who.split(", ") if holds in ROLES.get(name, ())]
        expected = min(candidates, key=lambda name: has[name], default="")
        if expected:
            has[expected] += 1
        row = found[id]
        assert (row.assignee_id, row.role) == (people.get(expected), holds), (id, asked[id])
        assert row.priority == max(-1, min(2, priority))
    assert min(has.values()) > 10
    _from_the_log(ids, found)


def _from_the_log(ids: list[int], found: dict[int, Any]) -> None:
    """Only what was stored: the values of the decision asked again, and the open work the event kept."""
    by_mail = {
        row.email: row.id for row in fetch("select id, email from person where email like '%%@assign.example'", {})
    }
    for id in ids[::7]:
        (reason,) = ask("decisions.why", SYSTEM, subject_type="trial", subject=id)
        values = {name: str(value).lower() for name, value in reason.values.items() if value is not None}
        again = ask("decisions.try", SYSTEM, xml=table(), subject="trial", values=values)
        assert list(again.rules) == [number for number, _ in reason.rules]
        assert again.result["person"] == reason.result["person"]
        (event,) = fetch(
            "select data -> 'says' as says, data from event where name = 'work.given' and subject_id = %(id)s::bigint"
            " and subject_type = 'trial'",
            {"id": id},
        )
        said = event.says or event.data
        open_work = [(person, has) for person, has in said["open_work"]]
        named = [by_mail.get(mail) for mail in again.result["person"].split(", ") if mail]
        assert [person for person, _ in open_work] == [person for person in named if person in dict(open_work)]
        least = min(open_work, key=lambda one: one[1])[0] if open_work else None
        assert least == said["person"] == found[id].assignee_id


def test_giving_out_a_hundred_takes_as_many_statements_as_one(trial: Any) -> None:
    set_up()
    counts = []
    for n in (1, 1, 100):  # the first reads and compiles the map and the table
        ids = trials(n, total=5)
        with CaptureQueriesContext(connection) as queries:
            assert run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids]).ok
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_who_did_it_before_gets_it_again_whomever_the_table_names(trial: Any) -> None:
    people = set_up()
    again = work("again", "done", more='o:sameAs="look" o:assignment="who"')
    publish(drawing(work("look", "done", more='o:assignment="who"') + again + flows("s look again e")))
    (id,) = trials(1, total=5, flag=True)
    run("workflow.start", SYSTEM, [StartMap("trial_map", id)])
    look = items([id])[id]
    assert look.assignee_id == people["anna"]
    change(id, flag=False)  # now the table would name Bert first
    anna = Actor(people["anna"], COMPANY, frozenset({"manager"}), name="Anna")
    assert run("workflow.complete", anna, [CompleteWork(look.id, "done")]).ok
    assert items([id])[id].assignee_id == people["anna"]
    told = fetch(
        "select count(*) as n from event where name = 'work.given' and subject_id = %(id)s::bigint", {"id": id}
    )
    assert told[0].n == 1


def test_a_map_that_names_a_table_that_gives_nobody_is_not_published(trial: Any) -> None:
    set_up()
    for wrong in ("no_such_table",):
        found = ask("workflow.lint", SYSTEM, xml=MAP.replace('"who"', f'"{wrong}"'))
        assert ("unknown-decision", "look") in [
            (one.code, one.element) for one in found.problems if one.level == "error"
        ]
    other = table().replace('id="who"', 'id="other"').replace('name="person"', 'name="a"')
    other = other.replace('name="role"', 'name="b"').replace('name="priority"', 'name="c"')
    assert run("decisions.publish", SYSTEM, [PublishTable(other, "trial")]).ok
    found = ask("workflow.lint", SYSTEM, xml=MAP.replace('"who"', '"other"'))
    assert "assigns-nothing" in [one.code for one in found.problems if one.level == "error"]


def test_work_lists_begin_with_what_the_table_calls_urgent(trial: Any) -> None:
    set_up()
    calm, urgent, high = trials(3, total=50)
    change(urgent, flag=True)
    change(high, total=500)
    run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in (calm, urgent, high)])
    rows = ask("workflow.work", SYSTEM, which="all", subject_type="trial").rows
    assert [row.subject_id for row in rows if row.subject_id in (calm, urgent, high)] == [urgent, high, calm]
