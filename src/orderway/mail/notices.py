"""Mails about work: it came, its due time comes near, it is over. Who can decide it gets a link of their own to do so."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.workflow.commands.links import IssueLink
from orderway.workflow.links import mark
from orderway.workflow.naming import name_of, titles_of
from orderway.workflow.published import sound_graphs

from .commands import WriteMessage
from .letters import letter, letter_language

SQL = statements("mail", "notices")
NOTICES = statements("workflow", "notices")


@command("mail.tell_notices")
def tell_notices(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Write the mails of notices that are due, one a person; what was written before stands."""
    ids = [row.id for row in rows]
    told = {one.id: one for one in ctx.fetch(NOTICES.told, ids=ids)}
    called = [one for one in ctx.fetch(NOTICES.recipients, ids=list(told)) if one.email]
    written = {row.once for row in ctx.fetch(SQL.written, once=[_once(one) for one in called])}
    called = [one for one in called if _once(one) not in written]
    asked = [one for one in called if told[one.id].item and told[one.id].kind != "escalation"]
    links = ctx.run("workflow.issue_links", [IssueLink(told[one.id].item, one.person) for one in asked]).done
    marks = {_once(one): mark(link) for one, link in zip(asked, links, strict=True)}
    names = sound_graphs(ctx, {one.digest for one in told.values()})
    titles = titles_of(ctx, {(one.subject_type, one.subject_id) for one in told.values()})
    mails = [_mail(told[one.id], one, marks.get(_once(one), ""), names, titles) for one in called]
    ctx.run("mail.write", mails, partial=True)
    return Outcome(ids)


def _once(called: Any) -> str:
    return f"notice:{called.id}:{called.person}"


def _mail(notice: Any, called: Any, link: str, graphs: Any, titles: Any) -> WriteMessage:
    language = letter_language(called.language)
    graph = graphs.get(notice.digest)
    with translation.override(language):
        step = name_of(graph, notice.node) if graph and notice.node else ""
        label = graph.label.in_language(language) if graph else notice.map
    values = {
        "notice": notice,
        "person": called.name,
        "step": step or label,
        "title": titles.get((notice.subject_type, notice.subject_id)) or f"{notice.subject_type} {notice.subject_id}",
        "link": link,
    }
    subject, text = letter("mail/notice", language, values)
    about = (notice.subject_type, notice.subject_id)
    return WriteMessage(
        [called.email], subject, text, _once(called), subject_type=about[0], subject_id=about[1], language=language
    )
