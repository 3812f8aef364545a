"""Whose eyes have seen a decision: four eyes over several steps, one vote a person in one step, and those who have to agree beside.

A deputy and whoever they stand in for are one pair of eyes throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from orderway.kernel.access import SYSTEM
from orderway.kernel.context import Reader
from orderway.kernel.outcome import Refusal
from orderway.kernel.sql import statements

from .graph import Work
from .rules import Verdict

SQL = statements("workflow", "work")
AGREE, GIVE_BACK = "agree", "give_back"


def seen_before(
    ctx: Reader,
    items: Sequence[Any],
    works: Mapping[int, Work],
    extras: Mapping[int, Sequence[int]],
    whom: Mapping[int, int | None],
) -> list[Refusal]:
    """A refusal for each locked work item that needs other eyes; by the item's id its work, who is asked to agree beside, and whom
    the actor decides for."""
    if SYSTEM in ctx.actor.roles:
        return []
    mine = {item.id: {ctx.actor.id, whom[item.id]} - {None} for item in items}
    refused = [
        Refusal("asked-to-agree", item.id) for item in items if not item.extra and mine[item.id] & {*extras[item.id]}
    ]
    refused += _four_eyes(ctx, items, works, mine)
    refused += _agreeing(ctx, [item for item in items if item.extra], mine)
    votes = [item for item in items if item.round_of and not item.extra and len(works[item.id].outcomes) > 1]
    refused += _voting(ctx, votes, mine)
    return list({refusal.subject: refusal for refusal in reversed(refused)}.values())


def _four_eyes(
    ctx: Reader, items: Sequence[Any], works: Mapping[int, Work], mine: Mapping[int, set[Any]]
) -> list[Refusal]:
    """Who decided before where another person has to decide, as themselves or through or as a deputy, is refused.

    What is decided in the same set counts too, in the order of the items.
    """
    watched = {item.id: not_by for item in items if (not_by := works[item.id].care.not_by)}
    if not watched:
        return []
    places = [(item.instance_id, node) for item in items for node in watched.get(item.id, ())]
    hands: dict[tuple[int, str], set[int]] = {}
    for row in ctx.fetch(SQL.hands, instance=[one for one, _ in places], node=[node for _, node in places]):
        hands.setdefault((row.instance_id, row.node), set()).update(row.persons)
    refused = []
    for item in items:
        seen = [node for node in watched.get(item.id, ()) if mine[item.id] & hands.get((item.instance_id, node), set())]
        if seen:
            refused.append(Refusal("four-eyes", item.id, {"node": seen[0]}))
        else:
            hands.setdefault((item.instance_id, item.node), set()).update(mine[item.id])
    return refused


def _agreeing(ctx: Reader, items: Sequence[Any], mine: Mapping[int, set[Any]]) -> list[Refusal]:
    """Who decided the step, or agreed to it for somebody else, does not agree again."""
    if not items:
        return []
    tokens = [item.token_id for item in items]
    found = replace(ctx, within_command=True).fetch(
        SQL.decided, instances=[item.instance_id for item in items], tokens=tokens
    )
    hands = {row.token_id: set(row.persons) for row in found}
    return _one_each(items, [item.token_id for item in items], hands, mine, "four-eyes")


def _voting(ctx: Reader, items: Sequence[Any], mine: Mapping[int, set[Any]]) -> list[Refusal]:
    """Who voted in one round of a repeated step does not vote in another."""
    if not items:
        return []
    rounds = [item.round_of for item in items]
    found = replace(ctx, within_command=True).fetch(
        SQL.votes, instances=[item.instance_id for item in items], rounds=rounds
    )
    return _one_each(items, rounds, {row.round_of: set(row.persons) for row in found}, mine, "voted-already")


def _one_each(
    items: Sequence[Any], places: Sequence[int], hands: dict[int, set[int]], mine: Mapping[int, set[Any]], code: str
) -> list[Refusal]:
    """A refusal for each item at whose place one of these persons was already, earlier or with an item of the same set."""
    refused = []
    for item, place in zip(items, places, strict=True):
        there = hands.setdefault(place, set())
        if mine[item.id] & there:
            refused.append(Refusal(code, item.id, {"node": item.node}))
        there |= mine[item.id]
    return refused


def judge_agreeing(outcome: str, reason: str) -> Verdict:
    """Whether an extra approver may answer like this: they agree, or give it back with a reason."""
    if outcome not in (AGREE, GIVE_BACK):
        return Verdict("unknown-outcome", {"outcome": outcome, "allowed": [AGREE, GIVE_BACK]})
    if outcome == GIVE_BACK and not reason.strip():
        return Verdict("reason-missing", {"outcome": outcome})
    return Verdict(values={}, sends_back=outcome == GIVE_BACK)
