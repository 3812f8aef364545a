"""Event logs in CSV: one event a line, with columns for the case and the activity, and where there are any for time and the rest."""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO

from .logs import LARGEST, LONGEST, MOST_EVENTS, Log, NotALog, Seen, tidy

COLUMNS: Mapping[str, Sequence[str]] = {
    "case": ("case", "case id", "case_id", "caseid", "case:concept:name", "trace", "order", "vorgang"),
    "activity": ("activity", "concept:name", "event", "step", "task", "aktivität", "schritt"),
    "timestamp": ("timestamp", "time:timestamp", "time", "complete timestamp", "end", "at", "zeitpunkt", "zeit"),
    "lifecycle": ("lifecycle", "lifecycle:transition", "transition"),
    "resource": ("resource", "org:resource", "user", "person", "bearbeiter"),
}
NEEDED = ("case", "activity")
FORMS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y",
)


def read_csv(data: bytes, mapping: Mapping[str, str] | None = None) -> Log:
    """The log in a CSV file (UTF-8 or Windows-1252; comma, semicolon, tab or bar); `mapping` says which column is the case,
    activity, timestamp, lifecycle, resource where the head does not say so itself. Raises NotALog."""
    if len(data) > LARGEST:
        raise NotALog(f"larger than {LARGEST} bytes")
    text = _text(data)
    first = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count))
    events: dict[str, list[Seen]] = {}
    try:
        places = _places(next(reader, []), mapping or {})
        for count, line in enumerate(reader, 1):
            if count > MOST_EVENTS:
                raise NotALog(f"more than {MOST_EVENTS} events")
            values = {name: " ".join(line[at].split())[:LONGEST] for name, at in places.items() if at < len(line)}
            if not values.get("case"):
                if any(line):
                    raise NotALog(f"line {reader.line_num}: no case")
                continue
            at = values.get("timestamp", "")
            seen = Seen(
                values.get("activity", ""),
                _moment(at, reader.line_num) if at else None,
                values.get("resource", ""),
                values.get("lifecycle", ""),
            )
            events.setdefault(values["case"], []).append(seen)
    except csv.Error as error:
        raise NotALog(f"line {reader.line_num}: {error}") from None
    return tidy(events)


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise NotALog("a CSV file has no zero bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _places(head: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Where each column of the log stands; raises NotALog where one that is needed, or asked for by name, is missing."""
    names = [" ".join(name.split()).casefold() for name in head]
    places = {}
    for column, usual in COLUMNS.items():
        wanted = mapping.get(column, "")
        known = [wanted.casefold()] if wanted else usual
        at = next((names.index(name) for name in known if name in names), None)
        if at is not None:
            places[column] = at
        elif wanted or column in NEEDED:
            raise NotALog(f"no column {wanted or column}; there are: {', '.join(head)[:300]}")
    return places


def _moment(text: str, line: int) -> datetime:
    """A moment in ISO 8601 or as sheets write it; without a zone it is taken for UTC."""
    for form in ("", *FORMS):
        try:
            at = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - see below
        except ValueError:
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    raise NotALog(f"line {line}: {text[:40]} is no moment")
