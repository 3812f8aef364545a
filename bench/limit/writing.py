"""How the limits are written: the pieces that every statement needs, as text."""

from collections.abc import Mapping, Sequence

COLUMNS = "at, company_id, actor_id, command_id, command, name, subject_type, subject_id, root_type, root_id, data"
NUMBER = (
    "to_char(now(), 'YY-') || to_char(n.first + place - 1, 'FM00000')"  # of a row with its place, beside its series
)


def step(parts: Mapping[str, str], events: Sequence[str], answer: str) -> str:
    """One statement that does a whole step: its parts as common table expressions, its events, and what it answers."""
    told = {"events": f"insert into event ({COLUMNS})\n" + "\nunion all\n".join(events)} if events else {}
    named = ",\n".join(f"{name} as ({text})" for name, text in {**parts, **told}.items())
    return f"with c as materialized (select nextval('command_id_seq') as id),\n{named}\n{answer}"


def event(command: str, name: str, subject: str, root: str, ids: tuple[str, str], data: str, rows: str) -> str:
    """A select of events, one for each of `rows`; `ids` are the columns of the subject and of its root."""
    return f"""select now(), 1::bigint, %(actor)s::bigint, c.id, '{command}', '{name}', '{subject}', {ids[0]}, '{root}', {ids[1]}, {data}
from {rows} cross join c"""


def whole(table: str, row: str) -> str:
    """What stands in an event of a new row."""
    return f"json_build_object('table', '{table}', 'id', {row}.id, 'new', to_json({row}))"


def change(table: str, id: str, old: str, new: str) -> str:
    """What stands in an event of a row whose columns changed."""
    return f"json_build_object('table', '{table}', 'id', {id}, 'old', {_value(old)}, 'new', {_value(new)})"


def _value(text: str) -> str:
    return f"'{text}'::json" if text.startswith("{") else f"json_build_object({text})"


def changes(array: str, says: str = "") -> str:
    """The data of an event: an array of changes, and what people should read."""
    return f"json_build_object({says + ', ' if says else ''}'changes', {array})"


def one(change: str) -> str:
    """A single change as an array."""
    return f"json_build_array({change})"


def gathered(group: str, part: str, rows: str, head: str = "") -> str:
    """The parts of `rows` as one array for each `group`, after that of its `head` (a select of change, 0 and the group).

    Joining the head to the array would be a join of two common table expressions, which nothing is known of when the statement
    is planned: sets of a thousand then take a thousand times as long.
    """
    parts = f"select {part} as part, l.id as place, {group} from {rows}"
    both = f"{head}\nunion all {parts}" if head else parts
    return f"select {group}, json_agg(part order by place) as data from ({both}) x group by {group}"


def series(prefix: str, count: str) -> str:
    """The first of `count` numbers of a series."""
    return f"""insert into number_series as s (company_id, series, next)
select 1, '{prefix}' || to_char(now(), '-YY'), 1 + {count}
on conflict (company_id, series) do update set next = s.next + {count}
returning next - {count} as first"""


def job(kind: str, id: str, rows: str) -> str:
    """Papers to make."""
    return f"""insert into procrastinate_jobs (queue_name, task_name, priority, lock, args)
select 'paper', 'documents.make_paper', 0, '{kind}-' || {id}, jsonb_build_object('kind', '{kind}', 'company', 1, 'subject', {id})
from {rows}"""


def arrival(name: str, rows: str) -> str:
    """What the maps are told of orders that are on no map."""
    return f"""insert into arrival (company_id, subject_type, subject_id, name, at, state)
select 1, 'order', order_id, '{name}', now(), 'kept' from {rows}"""
