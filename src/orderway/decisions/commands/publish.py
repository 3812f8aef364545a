"""Publishing decision tables: from then on what is decided is decided by the new version."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from orderway.dmn.reading import as_utf8
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from .. import facts
from ..asking import Use, askers
from ..problems import ERROR, told
from ..published import Decider, Offered, offered, outputs_of
from ..reviewing import reviewed

SQL = statements("decisions", "tables")
subject("decision", "decision_version")


@dataclass(frozen=True)
class PublishTable:
    """A decision to publish: a DMN file with one last decision, whose id is its key, what it decides about, and why it changed."""

    xml: str
    subject: str
    why: str = ""


@command("decisions.publish", row=PublishTable, roles=["administrator"])
def publish(ctx: Context, rows: Sequence[PublishTable]) -> Outcome:
    """Publish decision tables. A file that is already the latest version stays as it is; one that no longer gives what published maps
    ask is refused."""
    rows = [replace(row, xml=as_utf8(row.xml)) for row in rows]
    deciders, refused = _judge(rows)
    kept = ctx.fetch(SQL.lock_known, keys=sorted(one.key for one in deciders.values()))
    other = {row.key: row.subject_type for row in kept}
    for index, one in list(deciders.items()):
        if other.get(one.key, rows[index].subject) != rows[index].subject:
            refused.append(Refusal("other-subject", index, {"table": one.key, "about": other[one.key]}))
            del deciders[index]
    for index, said in (_in_use(ctx, deciders, rows, set(other)) if other else {}).items():
        refused.append(Refusal("outputs-in-use", index, said))
        del deciders[index]
    if ctx.halts(refused) or not deciders:
        return Outcome(refused=refused)
    accepted = sorted(deciders, key=lambda index: deciders[index].key)
    found = ctx.fetch(
        SQL.lock_definitions,
        keys=[deciders[index].key for index in accepted],
        names=[deciders[index].name for index in accepted],
        subjects=[rows[index].subject for index in accepted],
    )
    latest = {row.key: row for row in found}
    digests = {index: hashlib.sha256(rows[index].xml.encode()).hexdigest() for index in accepted}
    fresh = [index for index in accepted if latest[deciders[index].key].digest != digests[index]]
    versions = {index: latest[deciders[index].key].version_id for index in accepted}
    if fresh:
        inserted = ctx.fetch(
            SQL.insert_versions,
            definition=[latest[deciders[index].key].id for index in fresh],
            number=[latest[deciders[index].key].number + 1 for index in fresh],
            xml=[rows[index].xml for index in fresh],
            digest=[digests[index] for index in fresh],
            why=[rows[index].why for index in fresh],
        )
        versions |= {index: row.id for index, row in zip(fresh, inserted, strict=True)}
        ctx.record_new("decision.published", "decision", [row.id for row in inserted])
    return Outcome([versions[index] for index in sorted(versions)], refused)


def _judge(rows: Sequence[PublishTable]) -> tuple[dict[int, Decider], list[Refusal]]:
    """The decisions by index, and a refusal with the list of problems for each file that cannot decide."""
    deciders: dict[int, Decider] = {}
    refused: list[Refusal] = []
    for index, row in enumerate(rows):
        types = facts.types_of(row.subject)
        if not types:
            refused.append(Refusal("unknown-subject", index, {"subject": row.subject}))
            continue
        compiled = reviewed(row.xml, types)
        if compiled.decider is None:
            found = [told(one) for one in compiled.problems if one.level == ERROR]
            refused.append(Refusal("cannot-decide", index, {"problems": [one._asdict() for one in found]}))
        elif any(compiled.decider.key == one.key for one in deciders.values()):
            refused.append(Refusal("table-twice", index, {"table": compiled.decider.key}))
        else:
            deciders[index] = compiled.decider
    return deciders, refused


def _in_use(
    ctx: Context, deciders: Mapping[int, Decider], rows: Sequence[PublishTable], known: Collection[str]
) -> dict[int, dict[str, str]]:
    """For those, by index, whose new columns something published could not go on with: the columns, who asks them, and where."""
    before = offered(ctx, known)
    planned = {one.key: Offered(rows[index].subject, outputs_of(one)) for index, one in deciders.items()}
    changed = {key: one for key, one in planned.items() if key in before and before[key].outputs != one.outputs}
    uses: dict[str, list[Use]] = {}
    for asker in askers if changed else ():
        for use in asker(ctx, changed):
            uses.setdefault(use.table, []).append(use)
    return {
        index: {
            "table": one.key,
            "outputs": ", ".join(_otherwise(before[one.key].outputs, changed[one.key].outputs)),
            "maps": "; ".join(f"{use.name} ({', '.join(use.places)})" for use in uses[one.key]),
        }
        for index, one in deciders.items()
        if one.key in uses
    }


def _otherwise(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The columns that are gone or of another kind; where none is, those that came."""
    return [name for name, kind in before.items() if after.get(name) != kind] or sorted(after.keys() - before.keys())
