"""Nothing is lost at the door: inputs = processed + open + rejected, and every message has something that became of it."""

from orderway.kernel.checking import check
from orderway.kernel.sql import fetch, statements

SQL = statements("capture", "intake")


@check("inputs")
def inputs() -> list[str]:
    """Compare what came in with what became of it."""
    none = frozenset[str]()
    found = [
        f"message {row.id} was taken in, but nobody deals with it" for row in fetch(SQL.without_intake.text(none), {})
    ]
    for row in fetch(SQL.sum_by_company.text(none), {}):
        dealt_with = row.processed + row.open + row.rejected
        if row.inputs != dealt_with:
            found.append(f"company {row.company_id}: {row.inputs} inputs, {dealt_with} processed, open or rejected")
        if row.without_reason:
            found.append(f"company {row.company_id}: {row.without_reason} rejected without a reason")
    files = fetch(SQL.not_whole.text(none), {})
    return found + [f"document {row.document_id}: {row.n} of {row.last} orders are there" for row in files]
