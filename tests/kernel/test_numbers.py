"""Numbers without gaps while fifty write at once (DX-26)."""

import threading

import pytest
from django.db import connection, transaction

from orderway.kernel import numbers
from orderway.kernel.access import system_actor
from orderway.kernel.clock import now
from orderway.kernel.context import Context


@pytest.mark.usefixtures("committed")
def test_fifty_writers_leave_no_gap_though_some_give_up():
    taken: list[int] = []

    def writer(index: int) -> None:
        try:
            with transaction.atomic():
                got = list(numbers.take(Context(system_actor(1), now()), "gapless-test", 1 + index % 3))
                if index % 5 == 0:
                    transaction.set_rollback(True)
                else:
                    taken.extend(got)
        finally:
            connection.close()

    threads = [threading.Thread(target=writer, args=[index]) for index in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, len(taken) + 1))
