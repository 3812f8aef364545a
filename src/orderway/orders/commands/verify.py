"""Verifying orders, and letting a finding pass with a reason."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements

from ..findings import facts_of, verify
from .proceed import DESK

SQL = statements("orders", "verify")


@command("orders.verify", roles=DESK)
def verify_orders(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Check orders formally and factually; every result is kept with its evidence, and what blocks is refused as `findings`."""
    facts = {row.id: row for row in ctx.fetch(SQL.facts, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-order", row.id) for row in rows if row.id not in facts]
    if ctx.halts(refused) or not facts:
        return Outcome(refused=refused)
    found = [(id, result) for id, row in facts.items() for result in verify(facts_of(row))]
    written = ctx.fetch(
        SQL.write,
        order=[id for id, _ in found],
        check=[result.check for _, result in found],
        passed=[result.passed for _, result in found],
        severity=[result.severity for _, result in found],
        evidence=[json.dumps(dict(result.evidence), default=str) for _, result in found],
    )
    waived = {(row.order_id, row.check_name) for row in written if row.waived_reason}
    blocking: dict[int, list[str]] = {id: [] for id in facts}
    failed: dict[int, list[str]] = {id: [] for id in facts}
    for id, result in found:
        if not result.passed:
            failed[id].append(result.check)
        if result.blocks and (id, result.check) not in waived:
            blocking[id].append(result.check)
    ctx.record("order.verified", "order", [Fact(id, id, says={"failed": checks}) for id, checks in failed.items()])
    refused += [Refusal("findings", id, {"checks": checks}) for id, checks in blocking.items() if checks]
    return Outcome([id for id, checks in blocking.items() if not checks], refused)


@dataclass(frozen=True)
class WaiveFinding:
    """A finding that may pass, and why."""

    id: int
    reason: str


@command("orders.waive", row=WaiveFinding, roles=DESK)
def waive(ctx: Context, rows: Sequence[WaiveFinding]) -> Outcome:
    """Let findings pass with a reason; a later verification does not stop at them again."""
    reasons = {row.id: row.reason.strip() for row in rows}
    found = {row.id: row for row in ctx.fetch(SQL.lock, ids=list(reasons))}
    refused = [Refusal("unknown-finding", id) for id in reasons if id not in found]
    refused += [Refusal("reason-missing", id) for id in found if not reasons[id]]
    accepted = [id for id in found if reasons[id]]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    ctx.fetch(SQL.waive, id=accepted, reason=[reasons[id] for id in accepted])
    facts = [
        Fact(
            found[id].order_id,
            found[id].order_id,
            says={"check": found[id].check_name, "reason": reasons[id]},
            parts=[Part("finding", id, {"waived_reason": found[id].waived_reason}, {"waived_reason": reasons[id]})],
        )
        for id in accepted
    ]
    ctx.record("order.finding_waived", "order", facts)
    return Outcome(accepted, refused)
