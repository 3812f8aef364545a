"""Who carries goods for us, and where they take bookings."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements

from ..carrying import is_address

SQL = statements("fulfilment", "booking")
subject("carrier", "carrier")
LONGEST = 80  # letters of a name


@dataclass(frozen=True)
class SetCarrier:
    """A carrier by its name: its service (express, parcel …), the address of its booking service, and whether it is in use."""

    name: str
    address: str
    service: str = ""
    active: bool = True


@command("fulfilment.set_carriers", row=SetCarrier, roles=["administrator"])
def set_carriers(ctx: Context, rows: Sequence[SetCarrier]) -> Outcome:
    """Enter carriers or change them. A name that is here already is changed; a carrier is never taken out, only put out of use."""
    had = {row.name: row for row in ctx.fetch(SQL.lock_carriers, names=[row.name for row in rows])}
    refused = [refusal for index, row in enumerate(rows) if (refusal := _unfit(index, row))]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    wanted = {
        row.name: row for index, row in enumerate(rows) if index not in out
    }  # of a name given twice the last row counts
    fresh = [row for name, row in wanted.items() if name not in had]
    ids = [row.id for row in ctx.fetch(SQL.insert_carriers, **columns(fresh, "name", "service", "address", "active"))]
    ctx.record_new("carrier.set", "carrier", ids)
    given = {name: {"service": r.service, "address": r.address, "is_active": r.active} for name, r in wanted.items()}
    old = {name: {key: getattr(row, key) for key in given[name]} for name, row in had.items() if name in given}
    changed = [name for name in old if old[name] != given[name]]
    ctx.fetch(
        SQL.set_carriers,
        id=[had[name].id for name in changed],
        **columns([wanted[name] for name in changed], "service", "address", "active"),
    )
    facts = [Fact(had[name].id, had[name].id, old[name], given[name]) for name in changed]
    ctx.record("carrier.changed", "carrier", facts)
    known = {name: row.id for name, row in had.items()} | dict(zip([row.name for row in fresh], ids, strict=True))
    return Outcome([known[name] for name in wanted], refused)


def _unfit(index: int, row: SetCarrier) -> Refusal | None:
    if not 0 < len(row.name.strip()) <= LONGEST or row.name != row.name.strip() or not row.name.isprintable():
        return Refusal("bad-carrier-name", index, {"name": row.name[:LONGEST], "longest": LONGEST})
    if not is_address(row.address):
        return Refusal("bad-web-address", index, {"name": row.name, "address": row.address[:200]})
    return None
