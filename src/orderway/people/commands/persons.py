"""Opening departments, admitting persons, granting roles; keys for programs that act as a person."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from pydantic import SecretStr

from orderway.kernel.access import ROLES, SYSTEM, Actor
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import EVERYONE, Ref, command, commands, queries, subject
from orderway.kernel.sql import columns, statements

from ..queries import token_digest

SQL = statements("people", "persons")
TOKENS = statements("people", "tokens")
SIGNING_IN = statements("people", "signing_in")
LANGUAGES = ("en", "de")
THEMES = ("auto", "light", "dark")
LONGEST_TOKEN = 366  # days
MOST_CALLS = 100_000  # a minute
subject("company", "company")
subject("department", "department")
subject("person", "person")
subject("api_token", "api_token", root="person", root_column="person_id")


@dataclass(frozen=True)
class FoundCompany:
    """A company to found; country by ISO 3166-1, currency by ISO 4217, time zone by its IANA name."""

    name: str
    country: str
    currency: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    timezone: str = "UTC"
    language: str = "en"
    vat_id: str = ""
    tax_number: str = ""
    iban: str = ""
    bic: str = ""
    email: str = ""
    phone: str = ""


@command("people.found", row=FoundCompany)
def found(ctx: Context, rows: Sequence[FoundCompany]) -> Outcome:
    """Found companies; only the installation itself may, so its events stand under company 0."""
    names = [field.name for field in fields(FoundCompany)]
    ids = [row.id for row in ctx.fetch(SQL.insert_companies, **columns(rows, *names))]
    ctx.record_new("company.founded", "company", ids)
    return Outcome(ids)


@dataclass(frozen=True)
class OpenDepartment:
    """A department to open; `key` is the name the workflow maps use."""

    key: str
    name: str


@command("people.open_departments", row=OpenDepartment, roles=["administrator"])
def open_departments(ctx: Context, rows: Sequence[OpenDepartment]) -> Outcome:
    """Open departments, or rename those whose key is known."""
    ids = [row.id for row in ctx.fetch(SQL.insert_departments, **columns(rows, "key", "name"))]
    ctx.record_new("department.opened", "department", ids)
    return Outcome(ids)


@dataclass(frozen=True)
class AdmitPerson:
    """Somebody to admit, with their roles and department. An empty password lets nobody in until it is set by mail."""

    email: str
    name: str
    roles: Sequence[str] = field(default_factory=tuple)
    department: str = ""
    language: str = "en"
    password: str = ""


@command("people.admit", row=AdmitPerson, roles=["administrator"])
def admit(ctx: Context, rows: Sequence[AdmitPerson]) -> Outcome:
    """Admit persons and grant their roles; the password is stored hashed and never recorded."""
    refused = [
        Refusal("unknown-role", index, {"role": role})
        for index, row in enumerate(rows)
        for role in row.roles
        if role not in ROLES
    ]
    if refused:
        return Outcome(refused=refused)
    persons = ctx.fetch(
        SQL.insert_persons,
        email=[row.email.lower() for row in rows],
        name=[row.name for row in rows],
        language=[row.language for row in rows],
        password=[make_password(row.password or None) for row in rows],
    )
    ids = [person.id for person in persons]
    grants = [(id, role, row.department) for id, row in zip(ids, rows, strict=True) for role in row.roles]
    ctx.fetch(
        SQL.insert_grants,
        person=[g[0] for g in grants],
        role=[g[1] for g in grants],
        department=[g[2] for g in grants],
    )
    says = [{"email": row.email, "name": row.name, "roles": list(row.roles)} for row in rows]
    ctx.record("person.admitted", "person", [Fact(id, id, says=said) for id, said in zip(ids, says, strict=True)])
    return Outcome(ids)


@dataclass(frozen=True)
class IssueToken:
    """A key for a program: what it is for, the commands and queries it may use, for how many days, who it acts as (or yourself)."""

    label: str
    scopes: Sequence[str]
    days: int = 90
    person: int | None = None
    calls_a_minute: int = 600


@command("people.issue_token", row=IssueToken, roles=sorted(EVERYONE))
def issue_token(ctx: Context, rows: Sequence[IssueToken]) -> Outcome:
    """Issue keys for programs: for oneself, or as an administrator for anybody; `tokens` shows their values this one time."""
    persons = [row.person or ctx.actor.id for row in rows]
    colleagues = {row.id for row in ctx.fetch(TOKENS.colleagues, persons=persons)}
    refused = [r for i, row in enumerate(rows) if (r := _no_token(ctx.actor, i, row, persons[i], colleagues))]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    accepted = [(row, person) for i, (row, person) in enumerate(zip(rows, persons, strict=True)) if i not in out]
    values = [f"orderway_{secrets.token_urlsafe(32)}" for _ in accepted]
    expiries = [ctx.at + timedelta(days=row.days) for row, _ in accepted]
    issued = ctx.fetch(
        TOKENS.issue,
        person=[person for _, person in accepted],
        digest=[token_digest(value) for value in values],
        scopes=[" ".join(sorted(set(row.scopes))) for row, _ in accepted],
        expires_at=expiries,
        **columns([row for row, _ in accepted], "label", "calls_a_minute"),
    )
    facts = [
        Fact(token.id, person, says={"label": row.label, "scopes": sorted(set(row.scopes)), "expires_at": expiry})
        for token, (row, person), expiry in zip(issued, accepted, expiries, strict=True)
    ]
    ctx.record("api_token.issued", "api_token", facts)
    # a SecretStr shows itself to nobody who only prints it: not to a log, not to the answers kept under a key
    return Outcome([token.id for token in issued], refused, {"tokens": [SecretStr(value) for value in values]})


def _no_token(actor: Actor, index: int, row: IssueToken, person: int, colleagues: set[int]) -> Refusal | None:
    if person != actor.id and not actor.roles & {"administrator", SYSTEM}:
        return Refusal("not-yours", index, {"person": person})
    if person not in colleagues:
        return Refusal("unknown-person", index, {"person": person})
    if not row.label.strip():
        return Refusal("label-missing", index)
    if not 1 <= row.days <= LONGEST_TOKEN:
        return Refusal("days-not-possible", index, {"days": row.days, "longest": LONGEST_TOKEN})
    if not 1 <= row.calls_a_minute <= MOST_CALLS:
        return Refusal("calls-not-possible", index, {"calls": row.calls_a_minute, "most": MOST_CALLS})
    if not row.scopes:
        return Refusal("no-scopes", index)
    if unknown := sorted(set(row.scopes) - set(commands) - set(queries)):
        return Refusal("unknown-scope", index, {"scopes": unknown})
    # a program cannot give another one more than it was given itself
    if actor.scopes is not None and (wider := sorted(set(row.scopes) - actor.scopes)):
        return Refusal("scope-too-wide", index, {"scopes": wider})
    return None


@command("people.revoke_token", roles=sorted(EVERYONE))
def revoke_token(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Revoke tokens at once: one's own, or as an administrator anybody's."""
    found = {token.id: token for token in ctx.fetch(TOKENS.lock, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-token", row.id) for row in rows if row.id not in found]
    refused += [Refusal("already-revoked", token.id) for token in found.values() if token.revoked_at]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    valid = [token for token in found.values() if token.revoked_at is None]
    ctx.fetch(TOKENS.revoke, ids=[token.id for token in valid])
    facts = [Fact(token.id, token.person_id, {"revoked_at": None}, {"revoked_at": ctx.at}) for token in valid]
    ctx.record("api_token.revoked", "api_token", facts)
    return Outcome([token.id for token in valid], refused)


@dataclass(frozen=True)
class Prefer:
    """What somebody prefers for themselves: the language of the pages, and light, dark or as the system (auto)."""

    language: str
    theme: str = "auto"


@command("people.prefer", row=Prefer, roles=sorted(EVERYONE))
def prefer(ctx: Context, rows: Sequence[Prefer]) -> Outcome:
    """Set one's own language and theme; the last row counts."""
    refused = [
        Refusal("unknown-language", i, {"language": r.language})
        for i, r in enumerate(rows)
        if r.language not in LANGUAGES
    ]
    refused += [
        Refusal("unknown-theme", i, {"theme": row.theme}) for i, row in enumerate(rows) if row.theme not in THEMES
    ]
    if refused or not rows:
        return Outcome(refused=refused)
    locked = ctx.fetch(SIGNING_IN.lock_persons, ids=[ctx.actor.id])
    ctx.fetch(
        SIGNING_IN.prefer,
        id=[row.id for row in locked],
        language=[rows[-1].language for _ in locked],
        theme=[rows[-1].theme for _ in locked],
    )
    new = {"language": rows[-1].language, "theme": rows[-1].theme}
    facts = [Fact(row.id, row.id, {"language": row.language, "theme": row.theme}, new) for row in locked]
    ctx.record("person.preferences_set", "person", facts)
    return Outcome([ctx.actor.id] * len(rows))


@dataclass(frozen=True)
class SetPassword:
    """A password, hashed already, for a person who proved who they are."""

    id: int
    password: str


@command("people.set_password", row=SetPassword)
def set_password(ctx: Context, rows: Sequence[SetPassword]) -> Outcome:
    """Set passwords; only the installation itself may, after a link sent by mail or the old password. The event keeps none."""
    known = {row.id for row in ctx.fetch(SIGNING_IN.lock_persons, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-person", i, {"person": row.id}) for i, row in enumerate(rows) if row.id not in known]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    accepted = [row for row in rows if row.id in known]
    ctx.fetch(SIGNING_IN.set_password, **columns(accepted, "id", "password"))
    ctx.record("person.password_set", "person", [Fact(row.id, row.id) for row in accepted])
    return Outcome([row.id for row in accepted], refused)
