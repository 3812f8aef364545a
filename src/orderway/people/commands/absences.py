"""Being away: asking for it, deciding it, and who stands for whom meanwhile."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, Ref, command, subject
from orderway.kernel.sql import columns, statements

from ..rules import Away, goes_round

SQL = statements("people", "absences")
ALL = sorted(EVERYONE)
KINDS = ("vacation", "sick", "training", "other")
AFTERWARDS = frozenset(
    {"sick"}
)  # a sick note may be handed in when one is back; time off is asked for before it is over
APPROVERS = frozenset({"manager", "administrator"})
LONGEST = 366  # days of one absence
MOVES = {"approve": ("requested",), "refuse": ("requested",), "withdraw": ("requested", "approved")}
subject("absence", "absence", root="person", root_column="person_id")


@dataclass(frozen=True)
class RequestAbsence:
    """An absence to ask for, from the first to the last day: vacation, sick, training or other; who approves, and who stands for me.

    `person` is whoever is away, oneself unless said; for others only an administrator may ask.
    """

    first: date
    last: date
    approver: int
    deputy: int | None = None
    kind: str = "vacation"
    note: str = ""
    person: int | None = None


@command("people.request_absence", row=RequestAbsence, roles=ALL)
def request_absence(ctx: Context, rows: Sequence[RequestAbsence]) -> Outcome:
    """Ask for absences; who asks and who approves are both told by mail. Deputies never stand for each other in a circle."""
    company = ctx.one(SQL.lock_company)
    zone = ZoneInfo(company.timezone)
    spans = [_Asked(row, row.person or ctx.actor.id, *_span(row, zone), zone) for row in rows]
    named = {one for asked in spans for one in (asked.person, asked.row.approver, asked.row.deputy) if one}
    people = {row.id: frozenset(row.roles) for row in ctx.fetch(SQL.colleagues, persons=sorted(named))}
    first, last = min(asked.starts for asked in spans), max(asked.ends for asked in spans)
    around: dict[int, list[Away]] = defaultdict(list)
    for row in ctx.fetch(SQL.around, since=first, until=last):
        around[row.person_id].append(Away(row.person_id, row.deputy_id, row.starts_at, row.ends_at))
    refused, accepted = [], []
    for index, asked in enumerate(spans):
        refusal = _unfit(ctx, index, asked, people, around)
        if refusal:
            refused.append(refusal)
        else:
            accepted.append(asked)
            around[asked.person].append(asked.away)
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    ids = ctx.fetch(
        SQL.insert,
        first_day=[asked.row.first for asked in accepted],
        last_day=[asked.row.last for asked in accepted],
        starts_at=[asked.starts for asked in accepted],
        ends_at=[asked.ends for asked in accepted],
        person=[asked.person for asked in accepted],
        **columns([asked.row for asked in accepted], "kind", "deputy", "approver", "note"),
    )
    ctx.record_new("absence.requested", "absence", [row.id for row in ids])
    return Outcome([row.id for row in ids], refused)


@dataclass(frozen=True, slots=True)
class _Asked:
    row: RequestAbsence
    person: int
    starts: datetime
    ends: datetime
    zone: ZoneInfo

    @property
    def away(self) -> Away:
        return Away(self.person, self.row.deputy, self.starts, self.ends)


def _span(row: RequestAbsence, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight by the company's clock."""
    starts = datetime.combine(row.first, time(), zone)
    return starts.astimezone(UTC), datetime.combine(row.last + timedelta(days=1), time(), zone).astimezone(UTC)


def _unfit(
    ctx: Context, index: int, asked: _Asked, people: Mapping[int, frozenset[str]], around: Mapping[int, Sequence[Away]]
) -> Refusal | None:
    row = asked.row
    if asked.person != ctx.actor.id and not ctx.actor.roles & {"administrator", SYSTEM}:
        return Refusal("not-yours", index, {"person": asked.person})
    if unknown := [one for one in (asked.person, row.approver, row.deputy) if one is not None and one not in people]:
        return Refusal("unknown-person", index, {"person": unknown[0]})
    if row.kind not in KINDS:
        return Refusal("unknown-kind", index, {"kind": row.kind})
    if not row.first <= row.last <= row.first + timedelta(days=LONGEST):
        return Refusal("span-not-possible", index, {"first": row.first, "last": row.last, "longest": LONGEST})
    if asked.ends <= ctx.at and row.kind not in AFTERWARDS:
        return Refusal("absence-over", index, {"last": row.last})
    if row.approver == asked.person or not people[row.approver] & APPROVERS:
        return Refusal("cannot-approve", index, {"person": row.approver})
    if row.deputy == asked.person:
        return Refusal("own-deputy", index)
    own = around.get(asked.person, ())
    if there := next((one for one in own if one.starts < asked.ends and asked.starts < one.ends), None):
        return Refusal("already-away", index, _days(there, asked.zone))
    if goes_round(asked.away, around):
        return Refusal("deputies-in-a-circle", index, {"deputy": row.deputy})
    return None


def _days(away: Away, zone: ZoneInfo) -> dict[str, date]:
    """The first and the last day of an absence, by the company's clock."""
    last = away.ends - timedelta(microseconds=1)
    return {"first": away.starts.astimezone(zone).date(), "last": last.astimezone(zone).date()}


@dataclass(frozen=True)
class DecideAbsence:
    """An absence to approve, or to refuse with a reason."""

    id: int
    approve: bool = True
    reason: str = ""


@command("people.decide_absence", row=DecideAbsence, roles=ALL)
def decide_absence(ctx: Context, rows: Sequence[DecideAbsence]) -> Outcome:
    """Approve or refuse absences: the named approver, whoever stands for them, or an administrator; never one's own."""
    given = {row.id: row for row in rows}
    found, refused = _locked(ctx, list(given), lambda one: "approve" if given[one].approve else "refuse")
    stands_for = {row.id for row in ctx.fetch(SQL.stood_for)}
    for absence in found:
        if refusal := _not_yours_to_decide(ctx, absence, given[absence.id], stands_for):
            refused.append(refusal)
    out = {refusal.subject for refusal in refused}
    decided = [absence for absence in found if absence.id not in out]
    if ctx.halts(refused) or not decided:
        return Outcome(refused=refused)
    new = {
        one.id: ("approved" if given[one.id].approve else "refused", given[one.id].reason.strip()) for one in decided
    }
    for_whom = {one.id: one.approver_id for one in decided if one.approver_id in stands_for}
    _settle(ctx, decided, new, for_whom)
    return Outcome([one.id for one in decided], refused)


def _not_yours_to_decide(ctx: Context, absence: Any, row: DecideAbsence, stands_for: set[int]) -> Refusal | None:
    if SYSTEM in ctx.actor.roles:
        return None
    if ctx.actor.id == absence.person_id:
        return Refusal("own-absence", absence.id)
    asked = ctx.actor.id == absence.approver_id or absence.approver_id in stands_for
    if not asked and "administrator" not in ctx.actor.roles:
        return Refusal("not-yours", absence.id, {"person": absence.approver_id})
    # who is away never approves through a deputy: the deputy would decide their own standing in
    if ctx.actor.id == absence.deputy_id and ctx.actor.id != absence.approver_id:
        return Refusal("own-absence", absence.id)
    if not row.approve and not row.reason.strip():
        return Refusal("reason-missing", absence.id)
    return None


@command("people.withdraw_absence", roles=ALL)
def withdraw_absence(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Withdraw one's own absences, asked for or approved; whoever is back early withdraws it, and the deputy's part ends."""
    found, refused = _locked(ctx, [row.id for row in rows], lambda _: "withdraw")
    others = [one for one in found if one.person_id != ctx.actor.id]
    if not ctx.actor.roles & {"administrator", SYSTEM}:
        refused += [Refusal("not-yours", one.id, {"person": one.person_id}) for one in others]
    out = {refusal.subject for refusal in refused}
    withdrawn = [one for one in found if one.id not in out]
    if ctx.halts(refused) or not withdrawn:
        return Outcome(refused=refused)
    _settle(ctx, withdrawn, {one.id: ("withdrawn", "") for one in withdrawn}, {})
    return Outcome([one.id for one in withdrawn], refused)


def _locked(ctx: Context, ids: Sequence[int], verb: Any) -> tuple[list[Any], list[Refusal]]:
    found = ctx.fetch(SQL.lock, ids=list(ids))
    known = {one.id for one in found}
    refused = [Refusal("unknown-absence", id) for id in ids if id not in known]
    wrong = {one.id for one in found if one.state not in MOVES[verb(one.id)]}
    refused += [Refusal("absence-settled", one.id, {"state": one.state}) for one in found if one.id in wrong]
    return [one for one in found if one.id not in wrong], refused


def _settle(
    ctx: Context, absences: Sequence[Any], new: Mapping[int, tuple[str, str]], for_whom: Mapping[int, int]
) -> None:
    """Write and record what became of absences; what a deputy of the approver decides says for whom."""
    ids = [one.id for one in absences]
    ctx.fetch(SQL.settle, id=ids, state=[new[id][0] for id in ids], reason=[new[id][1] for id in ids], by=ctx.actor.id)
    groups: dict[tuple[str, int | None], list[Fact]] = {}
    for one in absences:
        state, reason = new[one.id]
        old = {name: getattr(one, name) for name in ("state", "reason", "decided_at", "decided_by")}
        now = {"state": state, "reason": reason, "decided_at": ctx.at, "decided_by": ctx.actor.id}
        groups.setdefault((state, for_whom.get(one.id)), []).append(Fact(one.id, one.person_id, old, now))
    for (state, whom), facts in groups.items():
        acting = ctx if whom is None else replace(ctx, actor=replace(ctx.actor, on_behalf_of=whom))
        acting.record(f"absence.{state}", "absence", facts)  # one a new state and person decided for
