"""Opening departments, admitting persons, granting roles."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from django.contrib.auth.hashers import make_password

from orderway.kernel.access import ROLES
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements

SQL = statements("people", "persons")
subject("company", "company")
subject("department", "department")
subject("person", "person")


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
