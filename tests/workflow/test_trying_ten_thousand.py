"""Ten thousand orders: a planted rule gives the routes that really running it gives, in less than a minute."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from test_trying_replay import DRAWER
from traced import BEGIN
from workflow_trial import SYSTEM, drawing, flow, flows, publish, step, trials, wait, work

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.draft import SaveDraft
from orderway.workflow.commands.proceed import StartMap, arrive
from orderway.workflow.commands.work import CompleteWork

MANY = 10_000
A_SET = 1_000
LIMIT = 60


def ordered(key: str, above: int) -> str:
    """Check, approve what is large, wait for the goods, pack and ask again where it was sent back, send, done."""
    body = (
        step("check", "a") + '<exclusiveGateway id="large" default="large.joined"/>'
        + work("approve", "yes", "no") + '<exclusiveGateway id="joined"/><parallelGateway id="both"/>'
        + wait("goods", "goods") + work("pack", "good", "back_again") + '<exclusiveGateway id="fine" default="fine.sent"/>'
        + step("sent", "b") + '<parallelGateway id="all"/>' + step("close", "c")
        + flows("s check large joined both goods all close e", "approve joined", "both pack fine sent all")
        + flow("large", "approve", f"total > {above}") + flow("fine", "pack", 'outcome = "back_again"')
    )  # fmt: skip
    return drawing(body, key)


def live(key: str, people: Sequence[int]) -> None:
    """Really send subjects through a map, in sets: who is large is approved, every seventh is packed twice."""
    with clock.at(BEGIN):
        for some in sets(people):
            run("workflow.start", SYSTEM, [StartMap(key, one) for one in some])
    for hours, node in ((1, "approve"), (3, "pack"), (5, "pack")):
        with clock.at(BEGIN + timedelta(hours=hours)):
            rows = fetch(
                """select w.id, w.subject_id from work_item w where w.state = 'open' and w.node = %(node)s
                   and w.subject_type = 'trial' and w.subject_id = any(%(ids)s::bigint[]) order by w.id""",
                {"node": node, "ids": list(people)},
            )
            for some in sets(rows):
                run(
                    "workflow.complete",
                    SYSTEM,
                    [CompleteWork(row.id, said(node, row.subject_id, hours), reason="so") for row in some],
                )
    with clock.at(BEGIN + timedelta(hours=8)):
        for some in sets(people):
            arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", some, "goods")
            rows = fetch(
                "select id from process_instance where subject_type = 'trial' and subject_id = any(%(ids)s::bigint[]) and state = 'running'",
                {"ids": list(some)},
            )
            run("workflow.advance", SYSTEM, [Ref(row.id) for row in rows])


def said(node: str, subject: int, hours: int) -> str:
    if node == "approve":
        return "yes"
    return "back_again" if hours == 3 and seventh(subject) else "good"


def seventh(subject: int) -> bool:
    return _place[subject] % 7 == 0


_place: dict[int, int] = {}


def subjects() -> list[int]:
    """As many for each total from 0 to 19."""
    found = [id for total in range(20) for id in trials(MANY // 20, total=total)]
    _place.update({id: at for at, id in enumerate(found)})
    return found


def sets(rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [rows[start : start + A_SET] for start in range(0, len(rows), A_SET)]


def routes(people: Sequence[int]) -> dict[int, Counter[str]]:
    rows = fetch(
        """select i.subject_id, i.state, array(select w.node from work_item w where w.instance_id = i.id) as works, i.path
           from process_instance i where i.subject_type = 'trial' and i.subject_id = any(%(ids)s::bigint[])""",
        {"ids": list(people)},
    )
    assert {row.state for row in rows} == {"ended"}
    return {row.subject_id: Counter(flow.rpartition(".")[2] for flow in row.path) for row in rows}


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.usefixtures("trial")
def test_ten_thousand_orders_in_less_than_a_minute() -> None:
    with clock.at(BEGIN - timedelta(days=1)):
        publish(ordered("many", 10))
    people = subjects()
    began = time.perf_counter()
    live("many", people)
    lived = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute(
            "analyze process_instance, work_item, arrival"
        )  # as the database does by itself outside of one transaction
    with clock.at(BEGIN + timedelta(days=2)):
        same = ask("workflow.try", DRAWER, map="many", since=BEGIN.date(), until=BEGIN.date())
        assert run("workflow.save_draft", DRAWER, [SaveDraft("many", ordered("many", 5))]).ok
        began, started = time.perf_counter(), time.process_time()
        tried = ask("workflow.try", DRAWER, map="many", since=BEGIN.date(), until=BEGIN.date())
        took, used = time.perf_counter() - began, time.process_time() - started
    print(
        f"really lived {MANY} orders in {lived:.1f} s; tried them in {took:.1f} s ({took / lived:.2f}), {used:.1f} s of it here"
    )
    assert (same.sums.subjects, same.sums.differing, same.sums.unreplayed) == (MANY, 0, 0)
    assert (tried.sums.differing, tried.sums.unreplayed, tried.sums.more_work) == (MANY // 4, 0, MANY // 4)
    assert took < LIMIT
    with clock.at(BEGIN - timedelta(hours=1)):
        publish(ordered("many", 5))
    again = subjects()
    live("many", again)
    before, after = routes(people), routes(again)
    rows = {row.subject: row for row in tried.rows}
    gates = Counter({"large": 9, "joined": 9})
    for old, new in zip(people, again, strict=True):
        assert Counter(node for _, node in rows[old].extra) == after[new] - before[old] - gates
        assert Counter(node for _, node in rows[old].missing) == before[old] - after[new] - gates


@pytest.mark.usefixtures("trial")
def test_a_trial_of_many_takes_as_many_statements_as_one_of_few() -> None:
    with clock.at(BEGIN - timedelta(days=1)):
        publish(ordered("few", 10), ordered("some", 10))
    for key, many in (("few", 2), ("some", 40)):
        people = trials(many, total=12)
        _place.update(dict.fromkeys(people, 1))
        live(key, people)
    counted = {}
    for key in ("few", "some", "few", "some"):
        with clock.at(BEGIN + timedelta(days=2)), CaptureQueriesContext(connection) as seen:
            tried = ask("workflow.try", DRAWER, map=key, since=BEGIN.date(), until=BEGIN.date())
        assert tried.sums.subjects in (2, 40)
        counted[key] = len(seen)
    assert counted["few"] == counted["some"]
