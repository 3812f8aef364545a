"""What persons can do beyond their roles: said of a set of persons at once, asked where work is given out."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements

from ..rules import skill_name

SQL = statements("people", "skills")
LONGEST = 40  # letters of a skill


@dataclass(frozen=True)
class SetSkills:
    """A person and all that they can do: words such as `english` or `data check`, without commas; what they had before is gone."""

    person: int
    skills: Sequence[str] = ()


@command("people.set_skills", row=SetSkills, roles=["administrator"])
def set_skills(ctx: Context, rows: Sequence[SetSkills]) -> Outcome:
    """Say what persons can do. Work that a table gives out by skill from now on goes by it; what is given out stays where it is."""
    had = {row.id: set(row.skills) for row in ctx.fetch(SQL.lock, ids=sorted({row.person for row in rows}))}
    refused = [refusal for index, row in enumerate(rows) if (refusal := _unfit(index, row, had))]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    # of a person named twice the last row counts
    wanted = {row.person: {skill_name(one) for one in row.skills} for i, row in enumerate(rows) if i not in out}
    changed = {person: skills for person, skills in wanted.items() if skills != had[person]}
    if changed:
        pairs = [(person, skill) for person, skills in sorted(changed.items()) for skill in sorted(skills)]
        kept = {"pair_person": [person for person, _ in pairs], "pair_skill": [skill for _, skill in pairs]}
        ctx.fetch(SQL.forget, persons=sorted(changed), **kept)
        ctx.fetch(SQL.keep, **kept)
    says = {id: {"skills": sorted(skills), "before": sorted(had[id])} for id, skills in changed.items()}
    ctx.record("person.skills_set", "person", [Fact(id, id, says=said) for id, said in says.items()])
    return Outcome([row.person for index, row in enumerate(rows) if index not in out], refused)


def _unfit(index: int, row: SetSkills, had: dict[int, set[str]]) -> Refusal | None:
    if row.person not in had:
        return Refusal("unknown-person", index, {"person": row.person})
    for said in row.skills:
        name = skill_name(said)
        if not name or len(name) > LONGEST or "," in name or ";" in name:
            return Refusal("bad-skill", index, {"skill": said.strip()[:60], "longest": LONGEST})
    return None
