"""A trade of three commands for trying maps on: each writes its name into a log, refuses or breaks where its row says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, commands, subject
from orderway.kernel.running import run
from orderway.kernel.sql import Statement, fetch
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.decisions import decision
from orderway.workflow.facts import facts

COMPANY = 1
SYSTEM = system_actor(COMPANY)
LOOK = Statement(
    "look",
    "Lock rows.",
    "select id, refuses, breaks from trial where id = any(%(ids)s::bigint[]) order by id for update",
)
LOG = Statement(
    "log", "Write the name down.", "update trial set log = log || %(name)s::text where id = any(%(ids)s::bigint[])"
)

RAISE = Statement(
    "raise", "Make totals larger.", "update trial set total = total + 10 where id = any(%(ids)s::bigint[])"
)


def _step(name: str) -> Callable[[Context, Sequence[Any]], Outcome]:
    def work(ctx: Context, rows: Sequence[Any]) -> Outcome:
        """Write the name of the step into the log of its subject."""
        found = ctx.fetch(LOOK, ids=[row.id for row in rows])
        if any(name in row.breaks for row in found):
            raise ZeroDivisionError(name)
        refused = [Refusal(f"no-{name}", row.id, {"reason": "told to"}) for row in found if name in row.refuses]
        done = [row.id for row in found if name not in row.refuses]
        ctx.fetch(LOG, ids=done, name=name)
        return Outcome(done, refused)

    return work


@dataclass(frozen=True)
class Say:
    """Words to write down for a subject."""

    id: int
    words: str
    amount: Decimal


def _say(ctx: Context, rows: Sequence[Say]) -> Outcome:
    """Write words and an amount into the log."""
    for row in rows:
        ctx.fetch(LOG, ids=[row.id], name=f"{row.words} {row.amount}")
    return Outcome([row.id for row in rows])


def _raise(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Make totals larger: a fact changes under the map."""
    ctx.fetch(RAISE, ids=[row.id for row in rows])
    return Outcome([row.id for row in rows])


@dataclass(frozen=True)
class Note:
    """A step of any name."""

    id: int
    words: str


def _note(ctx: Context, rows: Sequence[Note]) -> Outcome:
    """Write the names of steps into the logs of subjects, unless a subject refuses them."""
    found = {row.id: row for row in ctx.fetch(LOOK, ids=[row.id for row in rows])}
    if any(row.words in found[row.id].breaks.split() for row in rows):
        raise ZeroDivisionError(rows[0].words)
    refused = [Refusal(f"no-{row.words}", row.id) for row in rows if row.words in found[row.id].refuses.split()]
    out = {refusal.subject for refusal in refused}
    done: dict[str, list[int]] = {}
    for row in rows:
        if row.id not in out:
            done.setdefault(row.words, []).append(row.id)
    for words, ids in done.items():
        ctx.fetch(LOG, ids=ids, name=words)
    return Outcome([row.id for row in rows if row.id not in out], refused)


def _credit(_ctx: Context, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """A decision: small totals are good."""
    return [{"credit": "good" if (row["total"] or 0) < 100 else "bad"} for row in rows]


if "tests.a" not in commands:
    decision("tests_credit", {"total": "number"}, {"credit": "string"}, _credit)
    subject("trial", "company")
    for one in "abc":
        command(f"tests.{one}", row=Ref)(_step(one))
    command("tests.say", row=Say)(_say)
    command("tests.raise", row=Ref)(_raise)
    command("tests.write_down", row=Note)(_note)
    facts(
        "trial",
        Statement("facts", "What conditions ask.", "select id, total, flag, sheet, title, ready_on from trial where id = any(%(ids)s::bigint[])"),
        {"total": "number", "flag": "boolean", "sheet": "string", "title": "string", "ready_on": "date"},
    )  # fmt: skip

TABLE = """create table trial (id bigint primary key, total numeric default 0, flag boolean default false, ready_on date, sheet text default 'v1',
    title text default 'Trial', log text[] default '{}', refuses text default '', breaks text default '')"""


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLE)


_next = iter(range(1, 10**9))


def trials(count: int = 1, **columns: Any) -> list[int]:
    """Subjects with ids nobody had before."""
    ids = [next(_next) for _ in range(count)]
    names, places = ", ".join(["id", *columns]), ", ".join(["%s"] * (1 + len(columns)))
    with connection.cursor() as cursor:
        rows = [(id, *columns.values()) for id in ids]
        cursor.executemany(f"insert into trial ({names}) values ({places})", rows)  # noqa: S608 - names of this file
    return ids


def change(id: int, **columns: Any) -> None:
    with connection.cursor() as cursor:
        sets = ", ".join(f"{name} = %s" for name in columns)
        cursor.execute(f"update trial set {sets} where id = %s", [*columns.values(), id])  # noqa: S608 - see above


def log(id: int) -> list[str]:
    (row,) = fetch("select log from trial where id = %(id)s", {"id": id})
    return list(row.log)


HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
    '<error id="no_a" errorCode="no-a"/><error id="no_b" errorCode="no-b"/>'
)


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}.{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def flows(*chains: str) -> str:
    """`"s a e"` is a flow from s to a and one from a to e."""
    pairs = [pair for chain in chains for pair in zip(chain.split(), chain.split()[1:], strict=False)]
    return "".join(flow(*pair) for pair in dict.fromkeys(pairs))


def step(id: str, name: str) -> str:
    return f'<serviceTask id="{id}" name="{id}" o:command="tests.{name}"/>'


def work(id: str, *outcomes: str, role: str = "manager", more: str = "", inner: str = "") -> str:
    """A work item; an outcome that starts with `back` sends back."""
    said = "".join(
        f'<o:outcome name="{one}" label="{one}"{" sendsBack=" + chr(34) + "true" + chr(34) if one.startswith("back") else ""}/>'
        for one in outcomes
    )
    return (
        f'<userTask id="{id}" name="{id}" o:role="{role}" o:due="P1D" {more}>'
        f"<extensionElements>{inner}{said}</extensionElements></userTask>"
    )


def wait(id: str, event: str) -> str:
    return f'<intermediateCatchEvent id="{id}" o:arrive="{event}"><messageEventDefinition id="{id}.m"/></intermediateCatchEvent>'


def drawing(body: str, key: str = "trial_map") -> str:
    return (
        f'{HEAD}<process id="{key}" name="Trial map" isExecutable="true" o:subject="trial"><startEvent id="s"/>{body}'
        f'<endEvent id="e"/></process></definitions>'
    )


def publish(*xmls: str) -> None:
    outcome = run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in xmls])
    assert outcome.ok, outcome.refused


def standing(id: int) -> list[tuple[str, str]]:
    """Where a subject stands, in all its maps: (node, state)."""
    rows = fetch(
        """select t.node, t.state from token t join process_instance i on i.id = t.instance_id
           where i.subject_type = 'trial' and i.subject_id = %(id)s order by t.node, t.state""",
        {"id": id},
    )
    return [(row.node, row.state) for row in rows]
