"""A table asks for what somebody can do; of those who can, who has least gets the work, and the log alone says it again (SE-17)."""

import random
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from workflow_trial import SYSTEM, change, drawing, flows, publish, trials, work

from orderway.decisions.commands import PublishTable
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands import AdmitPerson, SetSkills
from orderway.workflow.commands.proceed import StartMap

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
PEOPLE = ("anna", "bert", "cleo", "dora")
ROLES = {"anna": ["manager"], "bert": ["manager"], "cleo": ["manager", "planner"], "dora": ["planner"]}
CAN = {"anna": ["English", "export"], "bert": ["english"], "cleo": ["Data  Check", "english"], "dora": ["data check"]}
LATER = {"anna": ["export"], "bert": ["english", "export"]}
# condition on the total -> skill, person, role
RULES = (
    ("< 100", "English", "", ""),
    ("[100..1000)", "data check", "", "planner"),
    ("[1000..5000)", "english, export", "", ""),
    ("[5000..9000)", "english", "cleo@skill.example, dora@skill.example, bert@skill.example", ""),
    ("-", "welding", "", ""),
)
MAP = drawing(work("look", "done", more='o:assignment="able"') + flows("s look e"))


def table(rules: Any = RULES) -> str:
    cells = "".join(
        f"<rule><inputEntry><text><![CDATA[{total}]]></text></inputEntry>"
        + "".join(f'<outputEntry><text>"{said}"</text></outputEntry>' for said in (skill, person, role))
        + "</rule>"
        for total, skill, person, role in rules
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:s" name="s"><decision id="able" name="Who can do it"><decisionTable '
        'hitPolicy="FIRST"><input><inputExpression typeRef="number"><text>total</text></inputExpression></input>'
        '<output name="skill" typeRef="string"/><output name="person" typeRef="string"/><output name="role" typeRef="string"/>'
        f"{cells}</decisionTable></decision></definitions>"
    )


def set_up() -> dict[str, int]:
    rows = [AdmitPerson(f"{name}@skill.example", name.title(), ROLES[name]) for name in PEOPLE]
    ids = dict(zip(PEOPLE, run("people.admit", SYSTEM, rows).done, strict=True))
    assert run("people.set_skills", SYSTEM, [SetSkills(ids[name], said) for name, said in CAN.items()]).ok
    assert run("decisions.publish", SYSTEM, [PublishTable(table(), "trial")]).ok
    publish(MAP)
    return ids


def given(ids: list[int]) -> list[Any]:
    """The events of giving out, in their order, with whom the item went to."""
    return fetch(
        "select e.id, e.subject_id, coalesce(e.data -> 'says', e.data) as says, w.assignee_id, w.role from event e"
        " join work_item w on w.subject_type = 'trial' and w.subject_id = e.subject_id"
        " where e.name = 'work.given' and e.subject_type = 'trial' and e.subject_id = any(%(ids)s::bigint[]) order by e.id",
        {"ids": ids},
    )


def test_a_hundred_go_to_who_can_do_it_and_the_log_alone_names_the_same_person(trial: Any) -> None:
    chance, people = random.Random(23), set_up()
    ids = trials(120)
    totals = {id: Decimal(chance.choice((5, 99, 100, 999, 1000, 4999, 5000, 8999, 20_000))) for id in ids}
    for id, total in totals.items():
        change(id, total=total)
    for start in range(0, 120, 40):
        assert run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids[start : start + 40]]).ok
        if start == 40:  # what people can do changes; what was given out before stays as it was
            assert run("people.set_skills", SYSTEM, [SetSkills(people[name], said) for name, said in LATER.items()]).ok
    events = given(ids)
    assert len(events) == 120
    names = {id: name for name, id in people.items()}
    # an oracle of our own: by hand from the rules above, the skills as they then were and what was given out so far
    can = {name: {" ".join(one.lower().split()) for one in said} for name, said in CAN.items()}
    has = dict.fromkeys(PEOPLE, 0)
    for at, event in enumerate(events):
        if at == 80:
            can |= {name: set(said) for name, said in LATER.items()}
        total = totals[event.subject_id]
        skill, person, role = RULES[sum(total >= limit for limit in (100, 1000, 5000, 9000))][1:]
        named = [mail.split("@")[0] for mail in person.split(", ")] if person else list(PEOPLE)
        asked = {one.lower() for one in skill.split(", ")}
        able = [name for name in named if (role or "manager") in ROLES[name] and asked <= can[name]]
        expected = min(able, key=lambda name: has[name], default=None)
        if expected:
            has[expected] += 1
        assert names.get(event.assignee_id) == expected, (at, total)
        assert [names[id] for id, _ in event.says["open_work"]] == able
    assert min(has.values()) > 5
    assert sum(event.assignee_id is None for event in events) > 5, "nobody can weld: it is nobody's yet"
    _from_the_log(ids)


def _from_the_log(ids: list[int]) -> None:
    """Only stored things: the values of each decision asked again, the skills by the events before it, the open work it kept."""
    skills_set = fetch(
        "select id, subject_id, coalesce(data -> 'says', data) as says from event where name = 'person.skills_set' order by id",
        {},
    )
    admitted = fetch(
        "select subject_id, coalesce(data -> 'says', data) as says from event where name = 'person.admitted'", {}
    )
    roles = {row.subject_id: row.says["roles"] for row in admitted}
    mails = {row.says["email"]: row.subject_id for row in admitted}
    for event in given(ids):
        (reason,) = ask("decisions.why", SYSTEM, subject_type="trial", subject=event.subject_id)
        values = {name: str(value) for name, value in reason.values.items()}
        answer = ask("decisions.try", SYSTEM, xml=table(), subject="trial", values=values).result
        can: dict[int, list[str]] = {}
        for row in skills_set:
            if row.id < event.id:
                can[row.subject_id] = row.says["skills"]
        asked = [one.strip().lower() for one in answer["skill"].split(",")]
        assert event.says["skills"] == asked
        named = [mails[mail] for mail in answer["person"].split(", ")] if answer["person"] else sorted(can)
        fits = [id for id in named if event.says["role"] in roles[id] and set(asked) <= set(can.get(id, ()))]
        assert [person for person, _ in event.says["open_work"]] == fits
        least = min(event.says["open_work"], key=lambda one: one[1])[0] if fits else None
        assert least == event.says["person"] == event.assignee_id


def test_asking_for_skills_takes_no_statement_more_for_many_and_none_where_no_map_does(trial: Any) -> None:
    set_up()
    counts = []
    for n in (1, 1, 100):  # the first reads and compiles the map and the table
        ids = trials(n, total=5)
        with CaptureQueriesContext(connection) as queries:
            assert run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids]).ok
        counts.append(len(queries))
        assert sum("person_skill" in one["sql"] for one in queries) == 1
    assert counts[1] == counts[2]
    publish(drawing(work("look", "done") + flows("s look e"), key="plain"))
    plain = []
    for _ in range(2):
        (id,) = trials(1)
        with CaptureQueriesContext(connection) as queries:
            assert run("workflow.start", SYSTEM, [StartMap("plain", id)]).ok
        plain.append(len(queries))
        assert not any("person_skill" in one["sql"] for one in queries)
    assert plain[1] < counts[1]
