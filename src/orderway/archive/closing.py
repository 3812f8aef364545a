"""The archive's own job: make the forms of closed parcels, outside of any transaction, then enter them into the chain.

It may die at any point: a parcel stays closed until it is entered, and content already kept is kept once.
"""

from orderway.archive.apart import forms_apart
from orderway.archive.commands.commit import EnterParcel, FormMade
from orderway.archive.forms import Form, Original, whole_form
from orderway.archive.queries import Filing
from orderway.archive.rules import file_names
from orderway.documents.store import store
from orderway.kernel.access import system_actor
from orderway.kernel.outcome import Outcome
from orderway.kernel.running import ask, run


def enter_closed(company: int, limit: int = 50) -> Outcome:
    """Bring up to `limit` closed parcels of a company into the archive.

    A paper that cannot be had in the wanted form stays in its original one alone; the commit goes on.
    """
    actor = system_actor(company)
    filings: list[Filing] = ask("archive.waiting", actor, limit=limit)
    rows = [EnterParcel(each.id, each.format, _forms(company, each)) for each in filings]
    return run("archive.enter", actor, rows, partial=True) if rows else Outcome()


def _forms(company: int, filing: Filing) -> list[FormMade]:
    if filing.format == "original":
        return []
    files = file_names(filing.papers)
    originals = [
        Original(p.id, files[p.id], p.kind, p.media_type, store().read(company, p.sha256), p.newest)
        for p in filing.papers
        if p.newest
    ]
    if filing.format == "zip+xml":
        return [_kept(company, whole_form(originals, filing.index_values))]
    return [_kept(company, form) for form in forms_apart(filing.format, originals)]


def _kept(company: int, form: Form) -> FormMade:
    kept = store().keep(company, form.content)
    return FormMade(form.version, kept.sha256, kept.size, form.media_type)
