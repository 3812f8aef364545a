"""What is a person's own: the notices they get, and the views of lists they keep."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from orderway.kernel.access import SYSTEM, rows_visible
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, Ref, command, subject
from orderway.kernel.sql import columns, statements

from ..queries import Everyone, persons

SQL = statements("people", "noting")
PAGE = re.compile(r"/[a-z][a-z/-]{0,60}")
LONGEST_NAME = 60
LONGEST_QUESTION = 2_000
subject("saved_view", "saved_view", root="person", root_column="person_id")
subject("notice", "notice", root="person", root_column="person_id")
OWN = "({t}.person_id = %(actor)s::bigint or %(roles)s::text[] && array['system'])"
rows_visible("notice", OWN)
rows_visible("saved_view", OWN)


class Note(NamedTuple):
    """Somebody is mentioned: who, on which subject (and what it is called), in which words."""

    person: int
    subject_type: str
    subject: int
    label: str
    text: str


def notify(ctx: Context, notes: Sequence[Note]) -> None:
    """Tell persons of the company. For the floors above, within their own commands."""
    if notes:
        made = ctx.fetch(
            SQL.insert_notices, by=ctx.actor.on_behalf_of or ctx.actor.id or None, **columns(notes, *Note._fields)
        )
        ctx.record_new("notice.given", "notice", [row.id for row in made])


@command("people.see_notices", roles=sorted(EVERYONE))
def see_notices(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Note that one has read notices of one's own."""
    ids = [row.id for row in rows]
    found = {row.id for row in ctx.fetch(SQL.lock_notices, ids=ids)}
    refused = [Refusal("unknown-notice", id) for id in ids if id not in found]
    if ctx.halts(refused) or not found:
        return Outcome(refused=refused)
    ctx.fetch(SQL.see, ids=sorted(found))
    return Outcome(sorted(found), refused)


@dataclass(frozen=True)
class KeepView:
    """A list to keep: the path of its page, a name, and its question (what stands behind the question mark of the address).

    `person` is oneself unless an administrator gives somebody a view.
    """

    page: str
    name: str
    question: str = ""
    person: int | None = None


@command("people.keep_view", row=KeepView, roles=sorted(EVERYONE))
def keep_view(ctx: Context, rows: Sequence[KeepView]) -> Outcome:
    """Keep lists as one's own views; the same name on the same page takes the new question."""
    colleagues = {person.id for person in persons(ctx, Everyone())}
    refused = [refusal for index, row in enumerate(rows) if (refusal := _unfit(ctx, index, row, colleagues))]
    out = {refusal.subject for refusal in refused}
    kept = {(row.person or ctx.actor.id, row.page, row.name.strip()): row for i, row in enumerate(rows) if i not in out}
    if ctx.halts(refused) or not kept:
        return Outcome(refused=refused)
    written = ctx.fetch(
        SQL.keep_views,
        person=[person for person, _, _ in kept],
        page=[page for _, page, _ in kept],
        name=[name for _, _, name in kept],
        question=[_plain(row.question) for row in kept.values()],
    )
    ctx.record_new("saved_view.kept", "saved_view", [row.id for row in written])
    return Outcome([row.id for row in written], refused)


def _unfit(ctx: Context, index: int, row: KeepView, colleagues: Collection[int]) -> Refusal | None:
    if row.person not in (None, ctx.actor.id) and not ctx.actor.roles & {"administrator", SYSTEM}:
        return Refusal("not-yours", index, {"person": row.person})
    if (row.person or ctx.actor.id) not in colleagues:
        return Refusal("unknown-person", index, {"person": row.person})
    if not 0 < len(row.name.strip()) <= LONGEST_NAME:
        return Refusal("name-missing", index)
    if not PAGE.fullmatch(row.page) or len(row.question) > LONGEST_QUESTION:
        return Refusal("unknown-page", index, {"page": row.page})
    return None


def _plain(question: str) -> str:
    """The question without the place in the list."""
    return urlencode([(key, value) for key, value in parse_qsl(question.lstrip("?")) if key not in ("after", "view")])


@command("people.drop_views", roles=sorted(EVERYONE))
def drop_views(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Drop views of one's own."""
    ids = [row.id for row in rows]
    found = {row.id for row in ctx.fetch(SQL.lock_views, ids=ids)}
    refused = [Refusal("unknown-view", id) for id in ids if id not in found]
    if ctx.halts(refused) or not found:
        return Outcome(refused=refused)
    ctx.fetch(SQL.drop_views, ids=sorted(found))
    return Outcome(sorted(found), refused)
