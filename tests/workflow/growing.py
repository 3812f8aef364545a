"""n good rows for every command of the maps."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import growth

from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.draft import DiscardDraft, PublishDraft, SaveDraft
from orderway.workflow.commands.instruct import AddApprover, Instruct, SetDue
from orderway.workflow.commands.later import PrioritiseWork, SnoozeWork
from orderway.workflow.commands.links import DecideByLink, IssueLink
from orderway.workflow.commands.move_over import MoveOver
from orderway.workflow.commands.proceed import GiveSignal, StartMap, StopMap, arrive
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.questions import AnswerColleague, AskColleague
from orderway.workflow.commands.work import CompleteWork, HandOver
from orderway.workflow.published import sound_graphs

LATER = datetime(2100, 1, 1, tzinfo=UTC)
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
DECIDE = '<userTask id="a" name="Decide" o:role="manager" o:due="P1D"/>'
STUCK = '<exclusiveGateway id="a"/>'


def drawn(key: str, middle: str, condition: str = "") -> str:
    """A map over orders with one node in the middle."""
    inner = f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>" if condition else ""
    return (
        f'{HEAD}<process id="{key}" name="Growth" isExecutable="true" o:subject="order" o:accountable="manager">'
        f'<startEvent id="s"/>{middle}'
        f'<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        f'<sequenceFlow id="g" sourceRef="a" targetRef="e">{inner}</sequenceFlow></process></definitions>'
    )


def rows(placed: Callable[[Any, int], list[int]]) -> Mapping[str, Callable[[Any, int], Sequence[Any]]]:  # noqa: PLR0915 - every command of the maps in one place
    """The rows by command; `placed(shop, n)` gives the ids of n orders."""

    def orders(shop: Any, n: int, xml: str) -> list[int]:
        assert run("workflow.publish", system_actor(shop.company), [PublishMap(xml)]).ok
        return placed(shop, n)

    def started(shop: Any, n: int, xml: str = drawn("growth", DECIDE)) -> list[int]:
        ids = orders(shop, n, xml)
        return list(run("workflow.start", system_actor(shop.company), [StartMap("growth", id) for id in ids]).done)

    def items(shop: Any, n: int) -> list[int]:
        roots = started(shop, n)
        found = fetch("select id from work_item where instance_id = any(%(roots)s::bigint[])", {"roots": roots})
        return [row.id for row in found]

    def stuck(shop: Any, n: int) -> list[int]:
        roots = started(shop, n, drawn("growth", STUCK, "net < 0"))
        found = fetch("select id from token where instance_id = any(%(roots)s::bigint[])", {"roots": roots})
        return [row.id for row in found]

    def running(shop: Any, n: int) -> list[int]:
        found = fetch(
            "select subject_id as id from process_instance where id = any(%(roots)s::bigint[])",
            {"roots": started(shop, n)},
        )
        return [row.id for row in found]

    def said(shop: Any, n: int) -> list[int]:
        """Instances about whose subjects something was said that nobody waits for."""
        subjects = running(shop, n)
        ctx = Context(system_actor(shop.company), clock.now(), within_command=True)
        arrive(ctx, "order", subjects, "growth.said")
        found = fetch(
            "select root_id as id from process_instance where subject_id = any(%(ids)s::bigint[]) and subject_type = 'order'"
            " and state = 'running' and parent_id is null and company_id = %(company)s::bigint"
            " and definition_id = (select id from process_definition where key = 'growth' and company_id = %(company)s::bigint)",
            {"ids": subjects, "company": shop.company},
        )
        return [row.id for row in found]

    def questions(shop: Any, n: int) -> list[int]:
        rows = [AskColleague(id, shop.quality.id, "Why?") for id in items(shop, n)]
        return list(run("workflow.ask", system_actor(shop.company), rows).done)

    def due(shop: Any, n: int) -> list[int]:
        levels = '<extensionElements><o:escalate after="PT0S" to="manager"/></extensionElements>'
        late = f'<userTask id="a" name="Decide" o:role="manager" o:due="PT0S">{levels}</userTask>'
        roots = started(shop, n, drawn("growth", late))
        found = fetch("select id from work_notice where instance_id = any(%(roots)s::bigint[])", {"roots": roots})
        return [row.id for row in found]

    def told(shop: Any, n: int) -> list[int]:
        ids = due(shop, n)
        assert run("workflow.tell_due", system_actor(shop.company), [Ref(id) for id in ids]).ok
        return ids

    def links(shop: Any, n: int) -> list[int]:
        rows = [IssueLink(id, shop.manager.id) for id in items(shop, n)]
        return list(run("workflow.issue_links", system_actor(shop.company), rows).done)

    def arrived(shop: Any, n: int) -> list[int]:
        """Arrivals that start a map, looked at already."""
        start = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
        xml = (
            drawn("growth", DECIDE)
            .replace('<startEvent id="s"/>', start)
            .replace(HEAD, HEAD + '<message id="m" name="come"/>')
        )
        ids = orders(shop, n, xml)
        run("workflow.start", system_actor(shop.company), [StartMap("growth", placed(shop, 1)[0])])  # compiles the map
        arrive(Context(system_actor(shop.company), clock.now()), "order", ids, "come")
        fetch(
            "update arrival set state = 'kept' where name = 'come' and subject_id = any(%(ids)s::bigint[])",
            {"ids": ids},
        )
        found = fetch(
            "select id from arrival where name = 'come' and subject_id = any(%(ids)s::bigint[])", {"ids": ids}
        )
        return [row.id for row in found]

    def clocks(shop: Any, n: int) -> list[int]:
        """Maps that the clock starts."""
        timer = (
            '<startEvent id="s"><timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></startEvent>'
        )
        xmls = [
            drawn(f"clock_{i}", DECIDE).replace('<startEvent id="s"/>', timer).replace('"order"', '"company"')
            for i in range(n)
        ]
        assert run("workflow.publish", system_actor(shop.company), [PublishMap(xml) for xml in xmls]).ok
        fetch("update process_clock set due_at = now() - interval '1 day'", {})
        digests = {row.digest for row in fetch("select digest from process_version", {})}
        sound_graphs(Context(system_actor(shop.company), clock.now()), digests)  # compiles the maps
        return [row.id for row in fetch("select id from process_clock", {})]

    def drafts(shop: Any, n: int) -> list[str]:
        maps = [f"draft_{n}_{i}" for i in range(n)]
        saved = [SaveDraft(map, drawn(map, DECIDE)) for map in maps]
        assert run("workflow.save_draft", system_actor(shop.company), saved).ok
        return maps

    def behind(shop: Any, n: int) -> list[int]:
        """Instances of a version that is no longer the latest."""
        waiting = items(shop, n)
        newer = drawn("growth", DECIDE) + "<!-- drawn anew -->"
        assert run("workflow.publish", system_actor(shop.company), [PublishMap(newer)]).ok
        run(
            "workflow.start", system_actor(shop.company), [StartMap("growth", placed(shop, 1)[0])]
        )  # compiles the new one
        found = fetch("select instance_id as id from work_item where id = any(%(ids)s::bigint[])", {"ids": waiting})
        return [row.id for row in found]

    return {
        "workflow.move_over": lambda shop, n: [MoveOver(id) for id in behind(shop, n)],
        "workflow.tell_due": lambda shop, n: [Ref(id) for id in due(shop, n)],
        "workflow.issue_links": lambda shop, n: [IssueLink(id, shop.manager.id) for id in items(shop, n)],
        "workflow.decide_by_link": lambda shop, n: [DecideByLink(id) for id in links(shop, n)],
        "mail.tell_notices": lambda shop, n: [Ref(id) for id in told(shop, n)],
        "workflow.start_arrived": lambda shop, n: [Ref(id) for id in arrived(shop, n)],
        "workflow.start_due": lambda shop, n: [Ref(id) for id in clocks(shop, n)],
        "workflow.signal": lambda _, n: [GiveSignal(f"growth {i}") for i in range(n)],
        "workflow.save_draft": lambda _, n: [
            SaveDraft(f"new_{n}_{i}", drawn(f"new_{n}_{i}", DECIDE)) for i in range(n)
        ],
        "workflow.discard_draft": lambda shop, n: [DiscardDraft(map) for map in drafts(shop, n)],
        "workflow.publish_draft": lambda shop, n: [PublishDraft(map, "growth") for map in drafts(shop, n)],
        "workflow.publish": lambda _, n: [PublishMap(drawn(f"growth_{n}_{i}", DECIDE)) for i in range(n)],
        "workflow.start": lambda shop, n: [StartMap("growth", id) for id in orders(shop, n, drawn("growth", DECIDE))],
        "workflow.instruct": lambda shop, n: [Instruct(id, "Ring first.") for id in started(shop, n)],
        "workflow.set_due": lambda shop, n: [SetDue(id, LATER) for id in started(shop, n)],
        "workflow.add_approver": lambda shop, n: [AddApprover(id, shop.planner.id, "a") for id in started(shop, n)],
        "workflow.advance": lambda shop, n: [Ref(id) for id in said(shop, n)],
        "workflow.retry": lambda shop, n: [Ref(id) for id in stuck(shop, n)],
        "workflow.stop": lambda shop, n: [StopMap("order", id, "not wanted") for id in running(shop, n)],
        "workflow.complete": lambda shop, n: [CompleteWork(id) for id in items(shop, n)],
        "workflow.claim": lambda shop, n: [Ref(id) for id in items(shop, n)],
        "workflow.snooze": lambda shop, n: [SnoozeWork(id, LATER) for id in items(shop, n)],
        "workflow.prioritise": lambda shop, n: [PrioritiseWork(id, 1) for id in items(shop, n)],
        "workflow.ask": lambda shop, n: [AskColleague(id, shop.quality.id, "Why?") for id in items(shop, n)],
        "workflow.answer": lambda shop, n: [AnswerColleague(id, "So.") for id in questions(shop, n)],
        "workflow.hand_over": lambda shop, n: [HandOver(id, shop.manager.id) for id in items(shop, n)],
    }


CASES = rows(growth.placed)
