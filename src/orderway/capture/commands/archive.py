"""The original goes to the archive when every order that came with it is done with."""

from collections.abc import Sequence

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements

SQL = statements("capture", "archive")


@command("capture.archive")
def archive(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """These orders are completed or cancelled: commit the parcels of the messages they came with, once nothing of them is open."""
    parcels = ctx.fetch(SQL.finished_parcels, orders=[row.id for row in rows])
    committed = ctx.run("archive.commit", [Ref(row.parcel_id) for row in parcels], partial=True)
    return Outcome([row.id for row in rows], committed.refused)
