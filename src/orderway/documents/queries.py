"""Reading parcels and documents, and finding them."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .rules import search_query
from .store import store

SQL = statements("documents", "documents")
SORTS = {"newest": "d.id desc", "name": "d.name, d.id", "kind": "d.kind, d.id", "parcel": "p.number, d.id"}
SETS = {"active": ["open", "closed"], "archived": ["committed"], "all": ["open", "closed", "committed"]}


@dataclass(frozen=True)
class OneParcel:
    """Ask for a parcel by its id; its first parcel and all supplements count as one file."""

    id: int


@query("documents.parcels", OneParcel)
def parcels(ctx: Reader, asked: OneParcel) -> list[Any]:
    """A parcel with its supplements, the first one first."""
    return ctx.fetch(SQL.family, id=asked.id)


@query("documents.in_parcel", OneParcel)
def in_parcel(ctx: Reader, asked: OneParcel) -> list[Any]:
    """The documents of a parcel and its supplements as one file, each in its newest version."""
    return ctx.fetch(SQL.in_family, id=asked.id)


@query("documents.all_versions", OneParcel)
def all_versions(ctx: Reader, asked: OneParcel) -> list[Any]:
    """Every version of every document of a parcel and its supplements, of each document the newest first."""
    return ctx.fetch(SQL.family_versions, id=asked.id)


@query("documents.index_values", OneParcel)
def index_values(ctx: Reader, asked: OneParcel) -> list[Any]:
    """The index values of one parcel (`document_id` empty) and its documents, with source and confidence."""
    return ctx.fetch(SQL.index_values, id=asked.id)


@query("documents.subjects", OneParcel)
def subjects(ctx: Reader, asked: OneParcel) -> list[Any]:
    """What the documents of one parcel belong to: (subject_type, subject_id)."""
    return ctx.fetch(SQL.subjects, id=asked.id)


@dataclass(frozen=True)
class OfSubject:
    """Ask for the documents of a subject, for example an order."""

    subject_type: str
    subject_id: int


@query("documents.of_subject", OfSubject)
def of_subject(ctx: Reader, asked: OfSubject) -> list[Any]:
    """The documents that belong to a subject, each in its newest version."""
    return ctx.fetch(SQL.of_subject, subject_type=asked.subject_type, subject_id=asked.subject_id)


@dataclass(frozen=True)
class Versions:
    """Ask for the versions of a document, or one of them by its number."""

    document: int
    number: int | None = None


@query("documents.versions", Versions)
def versions(ctx: Reader, asked: Versions) -> list[Any]:
    """All versions of a document, newest first: who, when, when sealed."""
    return ctx.fetch(SQL.versions, document=asked.document, number=asked.number)


class Content(NamedTuple):
    """A version of a document with its bytes."""

    name: str
    kind: str
    media_type: str
    version: int
    sha256: str
    content: bytes


@query("documents.content", Versions)
def content(ctx: Reader, asked: Versions) -> Content | None:
    """The bytes of a document's newest version, or the one asked for; None where there is none. Damaged bytes are raised."""
    found = ctx.fetch(SQL.versions, document=asked.document, number=asked.number)
    if not found:
        return None
    row = found[0]
    data = store().read(ctx.actor.company_id, row.sha256)
    return Content(row.name, row.kind, row.media_type, row.number, row.sha256, data)


@dataclass(frozen=True)
class Search:
    """Ask for documents by any words (on the pages, in names, parcel numbers, index values), by kind; active, archived or all."""

    words: str = ""
    which: str = "all"
    kind: str | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("documents.search", Search)
def search(ctx: Reader, asked: Search) -> Page:
    """Documents that hold all the words, one page at a time, with the place where they stand; where none does, those whose
    number or name is like what was typed."""
    words = search_query(asked.words) or None
    given = {
        "words": words,
        "kind": asked.kind,
        "states": SETS.get(asked.which, SETS["all"]),
        "shape": 'StartSel="", StopSel="", MaxFragments=1, MaxWords=24, MinWords=8',
    }
    holding = page(ctx, SQL.search, SORTS, asked, typed=None, **given)
    if holding.rows or words is None:
        return holding
    return page(ctx, SQL.search, SORTS, asked, typed=_literal(asked.words.strip()), **given)


def _literal(typed: str) -> str:
    """`typed` with the signs that `like` would read as a pattern taken literally."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
