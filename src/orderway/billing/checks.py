"""Money told twice: invoices against their lines and payments, orders against what was invoiced."""

from orderway.kernel.checking import check
from orderway.kernel.sql import fetch, statements

SQL = statements("billing", "checks")


@check("billing.sums")
def sums() -> list[str]:
    """Net is the sum of the lines, paid the sum of the payments, and what is invoiced of a line the sum of its bills."""
    return [
        f"{row.what} {row.id}: {row.column} {row.found}, should be {row.expected}"
        for row in fetch(SQL.sums.text(frozenset()), {})
    ]
