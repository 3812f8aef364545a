"""Scratch paper: what drafts of tables and of maps have in common.

A draft may be wrong and half drawn, nothing runs on it, and its events say that there is one and not every stroke. One a key and
company: who saves states which revision they drew on, and is told when somebody else was faster.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.sql import Statements

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}\Z")
DRAWING = ["administrator", "manager"]


class Paper(NamedTuple):
    """One kind of drafts: its statements `lock`, `save` and `remove`, and the word for what is drawn, which names its subject."""

    sql: Statements
    word: str

    def lock(self, ctx: Context, keys: Sequence[str]) -> dict[str, Any]:
        """The drafts there are, by key."""
        return {row.key: row for row in ctx.fetch(self.sql.lock, keys=keys)}

    def record(self, ctx: Context, event: str, drafts: Sequence[Any]) -> None:
        """Say what happened to drafts."""
        facts = [Fact(one.id, one.id, says={self.word: one.key, "revision": one.revision}) for one in drafts]
        ctx.record(event, f"{self.word}_draft", facts)


class Sheet(NamedTuple):
    """What is to be kept under a key: its file, and the revision it was drawn on (0: none)."""

    key: str
    xml: str
    seen: int


def save(
    ctx: Context,
    paper: Paper,
    event: str,
    sheets: Sequence[Sheet],
    unfit: Callable[[int], Refusal | None],
    **columns: Sequence[Any],
) -> Outcome:
    """Keep sheets, each with its value of the other `columns`; `event` tells of those that nobody drew on before. `unfit` says why
    the sheet with a number cannot even be kept, and one that somebody else saved meanwhile is refused."""
    drafts = paper.lock(ctx, [sheet.key for sheet in sheets])
    refused = _unsaveable(sheets, drafts, unfit)
    out = {refusal.subject for refusal in refused}
    good = [index for index in range(len(sheets)) if index not in out]
    if ctx.halts(refused) or not good:
        return Outcome(refused=refused)
    saved = ctx.fetch(
        paper.sql.save,
        keys=[sheets[index].key for index in good],
        xml=[sheets[index].xml for index in good],
        seen=[sheets[index].seen for index in good],
        **{name: [values[index] for index in good] for name, values in columns.items()},
    )
    kept = {row.key: row for row in saved}
    # two who save the first draft of a key at once: the slower one locked nothing above and wrote nothing here
    refused += [Refusal("draft-changed", index, _who(None)) for index in good if sheets[index].key not in kept]
    paper.record(ctx, event, [row for row in saved if row.key not in drafts])
    done = [kept[sheets[index].key].id for index in good if sheets[index].key in kept]
    return Outcome(done, refused, {"revisions": {row.key: row.revision for row in saved}})


def _unsaveable(
    sheets: Sequence[Sheet], drafts: Mapping[str, Any], unfit: Callable[[int], Refusal | None]
) -> list[Refusal]:
    refused = _twice([sheet.key for sheet in sheets])
    out = {refusal.subject for refusal in refused}
    for index, sheet in enumerate(sheets):
        there = drafts.get(sheet.key)
        if index in out:
            continue
        if not KEY.match(sheet.key):
            refused.append(Refusal("bad-key", index, {"key": sheet.key}))
        elif wrong := unfit(index):
            refused.append(wrong)
        elif sheet.seen != (there.revision if there else 0):
            refused.append(Refusal("draft-changed", index, _who(there)))
    return refused


def discard(ctx: Context, paper: Paper, event: str, keys: Sequence[str]) -> Outcome:
    """Throw drafts away; what is published stays."""
    drafts = paper.lock(ctx, keys)
    refused = [Refusal("unknown-draft", index, {"key": key}) for index, key in enumerate(keys) if key not in drafts]
    if ctx.halts(refused) or not drafts:
        return Outcome(refused=refused)
    return Outcome(_gone(ctx, paper, event, list(drafts.values())), refused)


def publish(
    ctx: Context,
    paper: Paper,
    event: str,
    looked_at: Sequence[tuple[str, int]],
    same_as: Callable[[Context, Sequence[Any]], Mapping[str, int]],
    publish: Callable[[Mapping[int, Any]], Outcome],
) -> Outcome:
    """Publish drafts by key and the revision that was looked at (0: any), and throw them away.

    `same_as` gives the number of the published version to each draft in which nothing has changed since; `publish` takes the drafts
    by their number here, and its refusals count them in that order.
    """
    keys = [key for key, _ in looked_at]
    drafts = paper.lock(ctx, keys)
    refused = _unpublishable(looked_at, drafts, same_as(ctx, list(drafts.values())))
    out = {refusal.subject for refusal in refused}
    given = {index: drafts[key] for index, key in enumerate(keys) if index not in out}
    if ctx.halts(refused) or not given:
        return Outcome(refused=refused)
    outcome = publish(given)
    places = list(given)
    wrong = [Refusal(one.code, places[one.subject or 0], one.facts) for one in outcome.refused]
    refused += wrong
    out = {refusal.subject for refusal in wrong}
    published = [draft for index, draft in given.items() if index not in out]
    if ctx.halts(refused) or not published:
        return Outcome(refused=refused)
    _gone(ctx, paper, event, published)
    return Outcome(outcome.done, refused)


def _twice(keys: Sequence[str]) -> list[Refusal]:
    times = Counter(keys)
    return [Refusal("twice", index, {"key": key}) for index, key in enumerate(keys) if times[key] > 1]


def _unpublishable(
    looked_at: Sequence[tuple[str, int]], drafts: Mapping[str, Any], same: Mapping[str, int]
) -> list[Refusal]:
    refused = _twice([key for key, _ in looked_at])
    out = {refusal.subject for refusal in refused}
    for index, (key, seen) in enumerate(looked_at):
        draft = drafts.get(key)
        if index in out:
            continue
        if draft is None:
            refused.append(Refusal("unknown-draft", index, {"key": key}))
        elif seen and seen != draft.revision:
            refused.append(Refusal("draft-changed", index, _who(draft)))
        elif key in same:
            refused.append(Refusal("nothing-changed", index, {"key": key, "number": same[key]}))
    return refused


def _gone(ctx: Context, paper: Paper, event: str, drafts: Sequence[Any]) -> list[int]:
    ids = [draft.id for draft in drafts]
    ctx.fetch(paper.sql.remove, ids=ids)
    paper.record(ctx, event, drafts)
    return ids


def _who(draft: Any) -> dict[str, Any]:
    return {"by": draft.saved_by if draft else "", "revision": draft.revision if draft else 0}
