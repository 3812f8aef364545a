"""Customers and suppliers: taking them on, and learning how they are recognised."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
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
    return [*row.keys, *_signs_of({"vat_id": row.vat_id, "email": row.email, "name": row.name})]


@dataclass(frozen=True)
class ChangeParty:
    """A party as it is from now on; what is None stays. Orders keep the address, terms and prices of their day."""

    id: int
    name: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    language: str | None = None
    vat_id: str | None = None
    price_group: str | None = None
    payment_days: int | None = None
    prepay_percent: Decimal | None = None
    credit_limit: Decimal | None = None
    unlimited: bool = False


CHANGED = [f.name for f in fields(ChangeParty) if f.name not in ("id", "unlimited")]


@command("parties.change", row=ChangeParty, roles=["manager", "accountant", "administrator"], reversible=True)
def change(ctx: Context, rows: Sequence[ChangeParty]) -> Outcome:
    """Change names, addresses, mail and terms of parties; `unlimited` takes the credit limit away. New signs are remembered."""
    found = {party.id: party for party in ctx.fetch(SQL.lock_all, ids=[row.id for row in rows])}
    refused = [refusal for row in rows if (refusal := _unfit(row, found.get(row.id)))]
    out = {refusal.subject for refusal in refused}
    new = {row.id: _changes(found[row.id], row) for row in rows if row.id not in out}
    if ctx.halts(refused) or not new:
        return Outcome(refused=refused)
    whole = [{name: getattr(found[id], name) for name in CHANGED} | changes for id, changes in new.items()]
    ctx.fetch(SQL.change, id=list(new), **{name: [row[name] for row in whole] for name in CHANGED})
    keys = [(id, *sign) for id, row in zip(new, whole, strict=True) for sign in _signs_of(row)]
    ctx.fetch(SQL.learn, party=[k[0] for k in keys], scheme=[k[1] for k in keys], value=[k[2] for k in keys])
    old = {id: {name: getattr(found[id], name) for name in changes} for id, changes in new.items()}
    ctx.record("party.changed", "party", [Fact(id, id, old[id], changes) for id, changes in new.items() if changes])
    return Outcome(list(new), refused, {"undo": ctx.command_id} if any(new.values()) else {})


def _unfit(row: ChangeParty, party: Any) -> Refusal | None:
    if party is None:
        return Refusal("unknown-party", row.id, {"party": row.id})
    if row.name is not None and not row.name.strip():
        return Refusal("name-missing", row.id)
    if row.country is not None and not re.fullmatch("[A-Z]{2}", row.country):
        return Refusal("unknown-country", row.id, {"country": row.country})
    if row.payment_days is not None and row.payment_days < 0:
        return Refusal("terms-not-possible", row.id)
    if not 0 <= (row.prepay_percent or 0) <= 100 or (row.credit_limit or 0) < 0:
        return Refusal("terms-not-possible", row.id)
    return None


def _changes(party: Any, row: ChangeParty) -> dict[str, Any]:
    """The columns that get another value."""
    given = {name: value for name in CHANGED if (value := getattr(row, name)) is not None}
    if row.unlimited:
        given["credit_limit"] = None
    return {name: value for name, value in given.items() if value != getattr(party, name)}


def _signs_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    own = [("VAT", row["vat_id"]), ("email", row["email"].lower()), ("name", row["name"].casefold())]
    return [sign for sign in own if sign[1]]


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
