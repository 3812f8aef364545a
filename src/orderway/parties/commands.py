"""Customers and suppliers: taking them on, and learning how they are recognised."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements

SQL = statements("parties", "parties")
subject("party", "party", party_key="party_id")


@dataclass(frozen=True)
class TakeOn:
    """A party to take on. `keys` are (scheme, value) pairs by which it is recognised; an empty `number` gets the next one."""

    name: str
    country: str
    number: str = ""
    is_customer: bool = True
    is_supplier: bool = False
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    language: str = "en"
    vat_id: str = ""
    price_group: str = "list"
    payment_days: int = 14
    prepay_percent: Decimal = Decimal(0)
    credit_limit: Decimal | None = None
    keys: Sequence[tuple[str, str]] = field(default_factory=tuple)


@command("parties.take_on", row=TakeOn, roles=["manager", "accountant", "purchasing", "administrator"])
def take_on(ctx: Context, rows: Sequence[TakeOn]) -> Outcome:
    """Take on customers and suppliers with their addresses, terms and the signs they are recognised by."""
    wanted = [row.number for row in rows]
    known = {row.number for row in ctx.fetch(SQL.numbers_in_use, numbers=wanted)}
    refused = [Refusal("number-in-use", i, {"number": n}) for i, n in enumerate(wanted) if n and n in known]
    refused += [Refusal("name-missing", i) for i, row in enumerate(rows) if not row.name.strip()]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    accepted = [row for i, row in enumerate(rows) if i not in out]
    names = [f.name for f in fields(TakeOn) if f.name != "keys"]
    ids = [row.id for row in ctx.fetch(SQL.insert, **columns(accepted, *names))]
    keys = [(id, *key) for id, row in zip(ids, accepted, strict=True) for key in _signs(row)]
    ctx.fetch(SQL.learn, party=[k[0] for k in keys], scheme=[k[1] for k in keys], value=[k[2] for k in keys])
    ctx.record_new("party.taken_on", "party", ids)
    return Outcome(ids, refused)


def _signs(row: TakeOn) -> list[tuple[str, str]]:
    own = [("VAT", row.vat_id), ("email", row.email.lower()), ("name", row.name.casefold())]
    return [*row.keys, *(sign for sign in own if sign[1])]


@dataclass(frozen=True)
class LearnKey:
    """A sign that names a party from now on."""

    party: int
    scheme: str
    value: str


@command("parties.learn", row=LearnKey, roles=["manager", "administrator"])
def learn(ctx: Context, rows: Sequence[LearnKey]) -> Outcome:
    """Remember by which numbers, names and addresses parties are recognised; the newest wins."""
    known = {row.id for row in ctx.fetch(SQL.lock, ids=[row.party for row in rows])}
    refused = [
        Refusal("unknown-party", i, {"party": row.party}) for i, row in enumerate(rows) if row.party not in known
    ]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    accepted = [row for row in rows if row.party in known]
    ctx.fetch(SQL.learn, **columns(accepted, "party", "scheme", "value"))
    return Outcome([row.party for row in accepted], refused)
