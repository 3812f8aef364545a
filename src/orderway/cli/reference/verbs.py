"""Every command and every query with its row, its roles, what it refuses and what it records."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from typing import Any, get_type_hints

from orderway.kernel.registry import EVERYONE, Command, Query, commands, queries

from .found import found
from .words import parts_of, sentence, table

HEAD = """# {title}

<!-- written by `orderway reference docs/reference`; do not edit -->

{about}
"""
COMMANDS = """Everything that changes anything, by name. A command takes a list of rows and answers what was done and what was refused; it
is run by a page, by `POST /api/commands/<name>`, by `orderway run <name>` or by a map. The words are explained in the
[glossary](glossary.md). *Decimal* and *day* are written as text: `"12.50"`, `"2026-11-22"`.

Besides the refusals listed, every command may answer `not-allowed` (your roles do not hold it), `invalid` (a field does not fit)
and `key-reused` (the idempotency key was used for other rows)."""
QUERIES = """Everything that can be read, by name: from `GET /api/queries/<name>` or from a page. Everybody sees the rows of their own
company only. A list comes a page at a time: `sort` (with `-` before it: the other way round), `size` up to 200, `after` is the
`next` of the page before."""


def ours(verbs: Mapping[str, Any]) -> dict[str, Any]:
    """The verbs of the product itself, by name; an installation or a test may have registered more."""
    return {name: verb for name, verb in sorted(verbs.items()) if verb.work.__module__.startswith("orderway.")}


def commands_page() -> str:
    """The page of all commands."""
    return _page("Commands", COMMANDS, ours(commands), _command)


def queries_page() -> str:
    """The page of all queries."""
    return _page("Queries", QUERIES, ours(queries), _query)


def _page(title: str, about: str, verbs: Mapping[str, Any], write: Any) -> str:
    lines = [HEAD.format(title=title, about=about)]
    packages = groupby(verbs, key=lambda name: name.split(".")[0])
    families = [(package, list(names)) for package, names in packages]
    lines += [" · ".join(f"[{package}](#{package})" for package, _ in families), ""]
    for package, names in families:
        lines += [f"## {package}", ""]
        for name in names:
            lines += [f"### {name}", "", *write(verbs[name]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _command(command: Command) -> Iterator[str]:
    yield sentence(command.work)
    yield ""
    yield from _row(command.row)
    what = found(command.work)
    yield f"* Roles: {_roles(command.roles)}"
    yield f"* Refuses: {_codes(what.refusals)}"
    if what.events:
        yield f"* Records: {_codes(what.events)}"
    if what.calls:
        yield f"* Runs: {', '.join(f'[{name}](#{anchor(name)})' for name in what.calls)}"
    if command.reversible:
        yield "* Can be undone, while nobody changed the same since"


def _query(query: Query) -> Iterator[str]:
    yield sentence(query.work)
    yield ""
    yield from _row(query.parameters)
    yield f"* Roles: {_roles(query.roles)}"


def _row(row: type) -> Iterator[str]:
    """The row's own words and fields, then those of the dataclasses inside it."""
    if row.__name__ == "Ref":
        yield from ("One row: `id`, whole number, **required**.", "")
        return
    yield from _with_table(row, sentence(row))
    for part in _inside(row):
        yield from _with_table(part, f"`{part.__name__}`: {sentence(part)}")


def _with_table(row: type, words: str) -> Iterator[str]:
    if words:
        yield from (words, "")
    if lines := table(row):
        yield from (*lines, "")


def _inside(row: type) -> list[type]:
    hints = get_type_hints(row)
    direct = [part for field in fields(row) for part in parts_of(hints[field.name])]
    return list(dict.fromkeys([*direct, *(deeper for part in direct for deeper in _inside(part))]))


def _roles(roles: Collection[str]) -> str:
    if not roles:
        return "none; only reactions, maps, jobs and the installation itself call it"
    return "everybody" if frozenset(roles) == EVERYONE else ", ".join(sorted(roles))


def _codes(codes: Collection[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or "nothing of its own"


def anchor(name: str) -> str:
    """The address of a heading within its page, as Markdown viewers make it."""
    return name.replace(".", "")
