"""Reading many things as they were at one moment, whatever is written meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is one state of the database; nothing can be written.

    REPEATABLE READ takes its snapshot with the first statement (PostgreSQL 17, 13.2.2). Inside a transaction that is open
    already its own isolation stays, because PostgreSQL cannot change it any more.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        yield
