"""Maps ask tables: what of the published maps could not run if a table gave something else."""

from collections.abc import Mapping

from orderway.decisions.asking import Use, asks
from orderway.decisions.published import Offered
from orderway.kernel.context import Reader
from orderway.kernel.sql import statements

from .compile import Asked, compile_map
from .naming import said
from .problems import ERROR
from .published import drawings, known, sound_graphs, tables_asked, tables_of

SQL = statements("workflow", "maps")


@asks
def broken_maps(ctx: Reader, planned: Mapping[str, Offered]) -> list[Use]:
    """The maps that run (the latest version of each, and those that instances go by) and would not compile with tables as planned,
    each once a table that it asks. What does not compile now is nobody's hindrance."""
    found = ctx.fetch(SQL.in_use)
    drawn = drawings(ctx, {row.digest for row in found})
    rows = [row for row in found if tables_asked(drawn[row.digest]) & planned.keys()]
    sound = sound_graphs(ctx, {row.digest for row in rows}) if rows else {}
    if not sound:
        return []
    now = {key: one for key, one in tables_of(ctx).items() if key not in planned}
    then = {key: Asked({}, one.outputs, one.subject_type) for key, one in planned.items() if one.outputs}
    offers = known({row.key for row in found}, now | then)
    uses = []
    for row in rows:
        compiled = compile_map(drawn[row.digest], offers)
        if row.digest not in sound or compiled.graph is not None:
            continue
        wrong = [one.name or one.element for one in compiled.problems if one.level == ERROR]
        elements = [one for process in drawn[row.digest] for one in process.elements]
        for table in sorted(tables_asked(drawn[row.digest]) & planned.keys()):
            asking = [said(one.label) or one.id for one in elements if table in (one.decision, one.assignment)]
            name = said(sound[row.digest].label) or row.key
            uses.append(Use(table, f"{name} {row.number}", list(dict.fromkeys([*asking, *wrong]))))
    return uses
