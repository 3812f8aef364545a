"""Attempts to change what is sealed. The command that refuses them is rolled back, so they are recorded apart from it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connections, transaction

from orderway.kernel.context import Context
from orderway.kernel.events import Fact


@contextmanager
def apart() -> Iterator[None]:
    """A transaction of its own on a connection of its own: what is written in it stays, whatever becomes of the outer one."""
    outer = connections["default"]
    own = connections.create_connection("default")
    connections["default"] = own
    try:
        with transaction.atomic():
            yield
    finally:
        own.close()
        connections["default"] = outer


def record_attempts(ctx: Context, attempts: Sequence[tuple[int, int, str]]) -> None:
    """Record (document id, parcel id, why) as `document.change-refused`, with who tried what (GoBD: attempts are logged).

    Not in a dry run, which leaves no trace.
    """
    if not attempts or ctx.dry:
        return
    facts = [
        Fact(document, parcel, says={"attempted": ctx.command, "refused": why}) for document, parcel, why in attempts
    ]
    with apart():
        ctx.record("document.change-refused", "document", facts)
