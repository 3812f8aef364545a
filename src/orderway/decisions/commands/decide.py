"""Deciding about subjects by published tables, as a command."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command

from .. import deciding, facts


@dataclass(frozen=True)
class DecideOn:
    """One subject to decide about by the decision of a key; `id` is the subject's."""

    id: int
    key: str
    subject_type: str = "order"


@command("decisions.decide", row=DecideOn, roles=["administrator", "manager", "planner"])
def decide_on(ctx: Context, rows: Sequence[DecideOn]) -> Outcome:
    """Decide about subjects by published tables, and note which rules fired on which values."""
    wanted: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        wanted.setdefault((row.key, row.subject_type), []).append(row.id)
    refused: list[Refusal] = []
    done: list[int] = []
    for (key, subject_type), ids in sorted(wanted.items()):  # one a decision
        titles = facts.read_facts(ctx, subject_type, ids, ["title"])
        there = [id for id in ids if titles[id]["title"] is not None]
        refused += [Refusal("unknown-decided", id) for id in ids if id not in set(there)]
        try:
            done += deciding.decide(ctx, key, subject_type, there)
        except deciding.NoDecision:
            refused += [Refusal("no-decision", id, {"table": key, "subject": subject_type}) for id in there]
    return Outcome(done if not ctx.halts(refused) else (), refused)
