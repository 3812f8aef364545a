"""Deciding from a mail: issuing the links, and the one act that uses one up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements

from ..links import digest_of, token_of
from ..rules import PLAIN_OUTCOME
from .work import ALL, CompleteWork

SQL = statements("workflow", "links")
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class IssueLink:
    """A link for a person by which they may decide a work item."""

    item: int
    person: int


@command("workflow.issue_links", row=IssueLink)
def issue_links(ctx: Context, rows: Sequence[IssueLink]) -> Outcome:
    """Issue links that decide a work item once, for a week; only mails that go out do this."""
    ids = [row.id for row in ctx.fetch(SQL.ids, count=len(rows))]
    ctx.fetch(
        SQL.insert,
        id=ids,
        item=[row.item for row in rows],
        person=[row.person for row in rows],
        digest=[digest_of(token_of(id)) for id in ids],
        expires_at=[ctx.at + LASTS] * len(rows),
    )
    return Outcome(ids)


@dataclass(frozen=True)
class DecideByLink:
    """A decision by a link: its id, and what a work item is finished with."""

    id: int
    outcome: str = PLAIN_OUTCOME
    values: Mapping[str, Any] = field(default_factory=dict)
    checks: Sequence[str] = ()
    reason: str = ""


@command("workflow.decide_by_link", row=DecideByLink, roles=ALL)
def decide_by_link(ctx: Context, rows: Sequence[DecideByLink]) -> Outcome:
    """Decide work items by the links of mails, as the person each was sent to; each link counts once, while it has not expired."""
    given = {row.id: row for row in rows}
    links = {link.id: link for link in ctx.fetch(SQL.lock, ids=list(given))}
    refused = [Refusal("unknown-link", id) for id in given if id not in links]
    refused += [Refusal("link-used", one.id) for one in links.values() if one.used_at is not None]
    live = [one for one in links.values() if one.used_at is None]
    refused += [Refusal("link-expired", one.id) for one in live if one.expires_at <= ctx.at]
    live = [one for one in live if one.expires_at > ctx.at]
    others = [one for one in live if ctx.actor.id not in (0, one.person_id)]
    refused += [Refusal("not-yours", one.id, {"person": one.person_id}) for one in others]
    mine = {one.work_item_id: one for one in live if one not in others}
    if ctx.halts(refused) or not mine:
        return Outcome(refused=refused)
    # as the person themselves: role, four eyes and who has taken it count as on the page
    asked = [(item, given[link.id]) for item, link in mine.items()]
    decisions = [CompleteWork(item, row.outcome, row.values, row.checks, row.reason) for item, row in asked]
    decided = ctx.run("workflow.complete", decisions, partial=True)
    refused += [Refusal(one.code, mine[one.subject].id, one.facts) for one in decided.refused if one.subject in mine]
    used = [mine[item].id for item in decided.done]
    ctx.fetch(SQL.use, ids=used)
    return Outcome(used, refused)
