"""`orderway check`: the truth told twice must be the same. Packages register their own sums; here are the rows against their events."""

from collections.abc import Callable

from .registry import subjects
from .sql import fetch, statements

SQL = statements("kernel", "checking")
Check = Callable[[], list[str]]
checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a comparison; it returns one line a difference, naming row, expected and found."""

    def register(work: Check) -> Check:
        checks[name] = work
        return work

    return register


def differences() -> list[str]:
    """Every difference that any registered check finds, and every row that its events do not lead to."""
    found = [f"{name}: {line}" for name, work in sorted(checks.items()) for line in work()]
    tables = sorted({table for subject in subjects.values() for table in (subject.table, *subject.parts)})
    return found + [line for table in tables for line in _against_events(table)]


def _against_events(table: str) -> list[str]:
    """Fold all changes of a table's rows and compare with what stands there, column by column."""
    text = SQL.against_events.text(frozenset()).replace("{table}", table)
    return [
        f"events of {table} {row.id}: {row.column} should be {row.expected}, is {row.found}"
        for row in fetch(text, {"table": table})
    ]
