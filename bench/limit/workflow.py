"""The shipped maps by hand: a statement a segment, moving the tokens of a set of orders from where they wait to where they wait next.

A segment is what happens between two waits. Steps of the map do nothing here: what they write is measured by other benches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from .writing import changes, event, step

CALLED = "deliver_and_bill"
IN_CALL = "to_both to_release to_picked to_prepare_invoice invoice_prepared"
TO_DELIVERY = "to_verify to_confirm to_prepayment_agreed without_prepayment to_allocate to_is_short enough to_deliver"
FORM = '{"format": "A4", "pages": "8", "paper": "PAP-A4-80", "colours": "4/4", "run": "500", "finishing": "", "deadline": "2030-01-01"}'
CHECKS = "{data_complete,colours_right,bleed_right}"
GIVEN = """select s.subject, nextval('process_instance_id_seq') as root, nextval('process_instance_id_seq') as called,
       nextval('token_id_seq') as caller, nextval('token_id_seq') as first, nextval('token_id_seq') as second
from unnest(%(ids)s::bigint[]) as s (subject)"""


@dataclass(frozen=True, slots=True)
class Item:
    """A work item of the print order: its role, the outcome a person gives, what they fill in and tick, and the flows after it."""

    node: str
    role: str
    outcome: str
    flows: str
    values: str = "{}"
    checks: str = "{}"


ITEMS = (
    Item("fill_form", "manager", "filled", "to_keep_form to_make_papers to_approve_price", FORM),
    Item("approve_price", "accountant", "approve", "to_price_approved price_accepted"),
    Item("validate", "quality", "valid", "to_is_valid valid", checks=CHECKS),
    Item("schedule", "planner", "scheduled", "to_is_scheduled scheduled"),
    Item("accept", "production", "accept", "to_is_accepted accepted to_prepayment_wanted no_prepayment to_produced"),
)


def _array(flows: str) -> str:
    return "array[" + ", ".join(f"'{flow}'" for flow in flows.split()) + "]"


def _path(flows: str) -> str:
    return f"path = i.path || {_array(flows)}, path_at = i.path_at || array_fill(now(), array[{len(flows.split())}])"


def _instance(id: str, key: str, more: str, flows: str, source: str) -> str:
    """Insert instances of a map; `more` are root, parent and called_by."""
    return f"""insert into process_instance (id, company_id, definition_id, version_id, root_id, parent_id, called_by, subject_type,
    subject_id, state, started_at, path, path_at, values)
select {id}, 1, d.id, v.id, {more}, 'order', g.subject, 'running', now(), {_array(flows)},
       array_fill(now(), array[{len(flows.split())}]), '{{}}'
from {source} join process_definition d on d.company_id = 1 and d.key = '{key}'
join lateral (select id from process_version p where p.definition_id = d.id order by p.number desc limit 1) v on true"""


def _token(id: str, instance: str, key: str, node: str, flow: str, state: str, source: str) -> str:
    return f"""insert into token (id, company_id, instance_id, definition_id, node, came_by, state, entered_at, outcome, reason,
    reason_code)
select {id}, 1, {instance}, d.id, '{node}', '{flow}', '{state}', now(), '', '', ''
from {source} join process_definition d on d.company_id = 1 and d.key = '{key}'"""


def _work(item: Item, token: str, instance: str, source: str) -> str:
    return f"""insert into work_item (company_id, definition_id, instance_id, token_id, node, subject_type, subject_id, role, state,
    opened_at, due_at, why, why_code, outcome, sends_back, reason, values, checks)
select 1, d.id, {instance}, {token}, '{item.node}', 'order', g.subject, '{item.role}', 'open', now(), now() + interval '1 day', '', '',
       '', false, '', '{{}}', '{{}}'
from {source} join process_definition d on d.company_id = 1 and d.key = 'print_order'"""


def _told(name: str, subject: str, data: str, rows: str) -> str:
    return event("workflow.advance", name, "order", "order", (subject, subject), changes("'[]'::json", data), rows)


def _called(source: str) -> dict[str, str]:
    """The map that is called: its instance, the token that waits for the picking and the one that waits for the shipping."""
    return {
        "called": _instance("g.called", CALLED, "g.root, g.root, g.caller", IN_CALL, source),
        "picking": _token("g.first", "g.called", CALLED, "picked", "to_picked", "waiting", source),
        "invoicing": _token("g.second", "g.called", CALLED, "after_shipping", "invoice_prepared", "joining", source),
    }


def _running(key: str) -> str:
    return f"""i.subject_type = 'order' and i.subject_id = any(%(ids)s::bigint[]) and i.state = 'running'
  and i.definition_id = (select id from process_definition where company_id = 1 and key = '{key}')"""


def _arrival(name: str) -> str:
    return f"""insert into arrival (company_id, subject_type, subject_id, name, at, state)
select 1, 'order', s.id, '{name}', now(), 'taken' from unnest(%(ids)s::bigint[]) as s (id)"""


START_TRADE = step(
    {
        "g": GIVEN,
        "roots": _instance("g.root", "trade_order", "g.root, null, null", TO_DELIVERY, "g"),
        "calling": _token("g.caller", "g.root", "trade_order", "deliver", "to_deliver", "waiting", "g"),
        **_called("g"),
    },
    [_told("process.started", "g.subject", "'map', 'trade_order'", "g")],
    "select count(*) from g",
)
START_PRINT = step(
    {
        "g": GIVEN,
        "roots": _instance("g.root", "print_order", "g.root, null, null", "to_fill_form", "g"),
        "standing": _token("g.caller", "g.root", "print_order", "fill_form", "to_fill_form", "waiting", "g"),
        "opened": _work(ITEMS[0], "g.caller", "g.root", "g"),
    },
    [_told("process.started", "g.subject", "'map', 'print_order'", "g")],
    "select count(*) from g",
)
PRODUCED = step(
    {
        "told": _arrival("production-finished"),
        "gone": f"""update process_instance i set {_path("to_allocate to_deliver")} where {_running("print_order")}
returning i.id as root, i.subject_id as subject, nextval('process_instance_id_seq') as called,
          (select t.id from token t where t.instance_id = i.id) as caller, nextval('token_id_seq') as first,
          nextval('token_id_seq') as second""",
        "callers": """update token t set node = 'deliver', came_by = 'to_deliver', entered_at = now()
where t.id in (select caller from gone)""",
        **_called("gone g"),
    },
    [],
    "select count(*) from gone",
)


def finish(item: Item, following: Item | None) -> str:
    """A person finishes a work item of the print order; the token goes on to the next one, or to the production."""
    node = following.node if following else "produced"
    parts = {
        "done": f"""update work_item w set state = 'done', outcome = '{item.outcome}', values = '{item.values}', checks = '{item.checks}',
    done_at = now(), done_by = %(actor)s::bigint
where w.instance_id in (select i.id from process_instance i where {_running("print_order")})
  and w.node = '{item.node}' and w.state = 'open'
returning w.id, w.subject_id as subject, w.instance_id, w.token_id""",
        "moved": f"""update token t set node = '{node}', came_by = '{item.flows.split()[-1]}', outcome = '{item.outcome}',
    entered_at = now()
where t.id in (select token_id from done)""",
        "gone": f"""update process_instance i set {_path(item.flows)}, values = i.values || '{item.values}'
where i.id in (select instance_id from done)""",
    }
    if following:
        parts["opened"] = _work(following, "g.token_id", "g.instance_id", "done g")
    says = f"""'work_item', w.id, 'map', 'print_order', 'node', '{item.node}', 'outcome', '{item.outcome}', 'reason', '',
    'checks', to_json('{item.checks}'::text[]), 'values', '{item.values}'::json, 'basis', null"""
    return step(parts, [_told("work.completed", "w.subject", says, "done w")], "select count(*) from done")


def arrived(name: str, moves: Sequence[tuple[str, str, str, str]], flows: str) -> str:
    """Something arrived for the called map: tokens go (from, to, by which flow, in which state)."""
    to, by, state = (
        "case t.node " + " ".join(f"when '{move[0]}' then '{move[at]}'" for move in moves) + " end" for at in (1, 2, 3)
    )
    nodes = ", ".join(f"'{old}'" for old, _, _, _ in moves)
    parts = {
        "told": _arrival(name),
        "gone": f"update process_instance i set {_path(flows)} where {_running(CALLED)} returning i.id",
        "moved": f"""update token t set node = {to}, came_by = {by}, state = {state}, entered_at = now()
where t.instance_id in (select id from gone) and t.node in ({nodes})""",
    }
    return step(parts, [], "select count(*) from gone")


def ended(key: str) -> str:
    """The last thing arrives: both instances of an order end, and their tokens with them."""
    parts = {
        "told": _arrival("paid"),
        "over": f"""update process_instance i set state = 'ended', ended_at = now(), {_path("paid_finished to_closed")}
where {_running(CALLED)} returning i.id, i.subject_id""",
        "roots": f"""update process_instance i set state = 'ended', ended_at = now(), {_path("to_complete to_closed")}
where {_running(key)} returning i.id, i.subject_id""",
        "removed": "delete from token t where t.instance_id in (select id from over union all select id from roots)",
    }
    told = [
        _told("process.ended", "o.subject_id", f"'map', '{CALLED}'", "over o"),
        _told("process.ended", "r.subject_id", f"'map', '{key}'", "roots r"),
    ]
    return step(parts, told, "select count(*) from roots")


DELIVERY = (
    arrived("picked", [("picked", "packed", "to_packed", "waiting")], "to_packed"),
    arrived("packed", [("packed", "shipped", "to_shipped", "waiting")], "to_shipped"),
    arrived(
        "shipped",
        [("shipped", "delivered", "to_delivered", "waiting"), ("after_shipping", "paid", "to_paid", "waiting")],
        "to_after_shipping to_hand_over to_delivered to_issue_invoice to_paid",
    ),
    arrived("delivered", [("delivered", "finished", "to_finished", "joining")], "to_finished"),
)
MAPS = {
    "trade_order": (START_TRADE, *DELIVERY, ended("trade_order")),
    "print_order": (
        START_PRINT,
        *(finish(item, following) for item, following in zip(ITEMS, (*ITEMS[1:], None), strict=True)),
        PRODUCED,
        *DELIVERY,
        ended("print_order"),
    ),
}


class Maps:
    """One connection that moves sets of orders through a map, a transaction a segment."""

    def __init__(self, url: str, actor: int) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        self.actor = actor

    def run(self, key: str, ids: Sequence[int]) -> None:
        """Send orders through a map from its start to its end."""
        values: dict[str, Any] = {"ids": list(ids), "actor": self.actor}
        for text in MAPS[key]:
            row = self.connection.execute(text, values, prepare=True).fetchone()
            assert row == (len(ids),), (row, text[:200])
