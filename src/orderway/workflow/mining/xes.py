"""Event logs in XES (IEEE 1849-2016, clause 5): traces of events with string, date and other attributes.

Read as a stream. What the standard's extensions call `concept:name`, `time:timestamp`, `org:resource` and `lifecycle:transition` is
taken; everything else is passed over. Entities and document types are not taken.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from lxml import etree

from .logs import LARGEST, LONGEST, MOST_EVENTS, Log, NotALog, Seen, tidy

KEYS = {
    "concept:name": "activity",
    "time:timestamp": "at",
    "org:resource": "resource",
    "lifecycle:transition": "lifecycle",
}


def read_xes(xml: bytes) -> Log:
    """The log in an XES file; raises NotALog for anything else."""
    if len(xml) > LARGEST:
        raise NotALog(f"larger than {LARGEST} bytes")
    events: dict[str, list[Seen]] = {}
    count = 0
    try:
        for number, (called, seen) in enumerate(_traces(xml), 1):
            name = called if called and called not in events else f"{called or 'case'} ({number})"
            events[name] = seen
            count += len(seen)
            if count > MOST_EVENTS:
                raise NotALog(f"more than {MOST_EVENTS} events")
    except etree.XMLSyntaxError as error:
        raise NotALog(f"not well-formed XML: {error}") from None
    return tidy(events)


def _traces(xml: bytes) -> Iterator[tuple[str, list[Seen]]]:
    """The traces of a file one after the other, each forgotten when the next one comes."""
    walk: Any = etree.iterparse(
        BytesIO(xml),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = None
    for moment, element in walk:
        if root is None:
            root = element
            if element.getroottree().docinfo.doctype:
                raise NotALog("a document type declaration is not taken")
            if _local(element) != "log":
                raise NotALog(f"the root is {_local(element)}, expected log of XES")
        if moment == "end" and _local(element) == "trace":
            yield _name(element), [_seen(one) for one in element if _local(one) == "event"]
            element.clear()
            while element.getprevious() is not None:
                del root[0]


def _local(element: Any) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _name(trace: Any) -> str:
    names = [one.get("value", "") for one in trace if _local(one) == "string" and one.get("key") == "concept:name"]
    return " ".join(names[0].split())[:LONGEST] if names else ""


def _seen(event: Any) -> Seen:
    found = {}
    for one in event:
        known = KEYS.get(one.get("key", ""))
        if known and known not in found:
            found[known] = " ".join(one.get("value", "").split())[:LONGEST]
    at = found.pop("at", "")
    return Seen(
        found.get("activity", ""),
        _moment(at, event) if at else None,
        found.get("resource", ""),
        found.get("lifecycle", ""),
    )


def _moment(text: str, event: Any) -> datetime:
    """An xs:dateTime; without a zone it is taken for UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotALog(f"line {event.sourceline}: {text[:40]} is no moment") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
