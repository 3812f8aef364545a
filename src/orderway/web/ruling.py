"""Drawing a table: its editor, its draft kept while one draws, its problems, values to try, publishing, and beginning a new one."""

import json
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from orderway.decisions.drawing import last_key, name_of
from orderway.dmn.reading import DmnError, decoded

from .drawing import saved_answer, saved_words
from .drawing_words import FACTS, SUBJECTS
from .fields import refusals
from .forms import Field, read_form, shown
from .publishing import asked_why, drawn_already, key_of, nothing_new, show_discard
from .respond import do, found, may, need, page, posted_number, read, show, tell
from .rule_values import answer_words, fields_of, texts_of
from .rule_words import EDITOR, NO_DMN
from .rule_words import TYPES as TYPE_WORDS
from .rules import dmn_file

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
TYPES = {"datetime": "dateTime"}


def drawn(request: HttpRequest, key: str) -> tuple[str, str, int]:
    """The table to go on with, its subject and its revision: the draft, else the published version under revision 0; else a 404."""
    draft = read(request, "decisions.draft", key=key)
    if draft is not None:
        return draft.xml, draft.subject_type, draft.revision
    table = found(read(request, "decisions.table", key=key))
    return table.xml, table.subject_type, 0


@page
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Draw on a table."""
    need(request, "decisions.save_draft")
    xml, subject, revision = drawn(request, key)
    published = read(request, "decisions.table", key=key)
    draft = read(request, "decisions.draft", key=key)
    saved = saved_words(draft) if draft else ""
    known = read(request, "decisions.parts").get(subject, {})
    facts = [
        {"name": name, "type": kind, "words": str(TYPE_WORDS.get(kind, kind)), "label": str(FACTS.get(name, name))}
        for name, kind in known.items()
    ]
    return show(
        request,
        "rules/edit.html",
        title=name_of(xml, key),
        key=key,
        revision=revision,
        saved=saved,
        subject=subject,
        version=published.versions[0].number if published else 0,
        back_url=reverse("rule", args=[key]) if published else reverse("rules"),
        may_publish=may(request, "decisions.publish_draft"),
        trials=trials(request, key),
        facts=facts,
        facts_json=json.dumps(facts),
        editor_words=json.dumps({name: str(words) for name, words in EDITOR.items()}),
        fields=shown(fields_of(known), None),
    )


def trials(request: HttpRequest, key: str) -> list[dict[str, str]]:
    """Where a drawn table is tried on what went by the published maps that ask it: the name of each map and the address."""
    if not may(request, "workflow.save_draft"):
        return []
    return [
        {"name": one.name, "url": f"{reverse('map-try', args=[one.key])}?version={one.number}&table={key}"}
        for one in read(request, "workflow.asking", table=key)
    ]


@page
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The DMN file as it is drawn now; `download` saves it."""
    return dmn_file(request, key, drawn(request, key)[0])


@page
@require_POST
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the drawn table; answers its revision, or why it was not kept."""
    row = {
        "key": key,
        "xml": request.POST.get("xml", ""),
        "subject": request.POST.get("subject", ""),
        "seen": posted_number(request, "seen"),
    }
    outcome = do(request, "decisions.save_draft", [row])
    return saved_answer(key, outcome, read(request, "decisions.draft", key=key) if outcome.done else None)


@page
@require_POST
def problems(request: HttpRequest) -> HttpResponse:
    """What is wrong with the posted table."""
    need(request, "decisions.save_draft")
    subject = request.POST.get("subject", "")
    told = read(request, "decisions.review", xml=request.POST.get("xml", ""), subject=subject)
    return JsonResponse({"decides": told.decides, "problems": [one._asdict() for one in told.problems]})


@page
@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """What the posted table decides on the values set by hand."""
    need(request, "decisions.save_draft")
    subject = request.POST.get("subject", "")
    fields = fields_of(read(request, "decisions.parts").get(subject, {}))
    values = texts_of(fields, request.POST)
    tried = read(request, "decisions.try", xml=request.POST.get("xml", ""), subject=subject, values=values)
    said = _("Hits: %(rules)s") % {"rules": ", ".join(map(str, tried.rules))} if tried.rules else _("No rule hits.")
    return JsonResponse(
        {
            "answer": answer_words(tried),
            "rules": list(tried.rules),
            "said": "" if tried.problems else said,
            "problems": [one.why for one in tried.problems],
        }
    )


@page
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Say what changed and publish the draft, or see what is still to mend."""
    need(request, "decisions.publish_draft")
    draft = read(request, "decisions.draft", key=key)
    if draft is None or draft.same_as:
        messages.info(request, nothing_new(draft))
        return HttpResponseRedirect(reverse("rule-edit", args=[key]))
    told = read(request, "decisions.review", xml=draft.xml, subject=draft.subject_type)
    stops: Sequence[str] = ()
    if request.method == "POST":
        row = {"key": key, "why": request.POST.get("why", "").strip(), "seen": posted_number(request, "seen")}
        outcome = do(request, "decisions.publish_draft", [row])
        if not outcome.refused:
            tell(request, outcome, _("Published. It decides from now on; what was decided before keeps its version."))
            return HttpResponseRedirect(reverse("rule", args=[key]))
        stops = refusals(outcome)
    published = read(request, "decisions.table", key=key)
    return show(
        request,
        "rules/publish.html",
        status=422 if stops else 200,
        title=_("Publish %(name)s") % {"name": name_of(draft.xml, key)},
        back_url=reverse("rule-edit", args=[key]),
        fieldsets=asked_why(request, "why"),
        problems=stops,
        told=told.problems,
        decides=told.decides,
        seen=draft.revision,
        number=published.versions[0].number + 1 if published else 1,
        save_label=_("Publish"),
        cancel_url=reverse("rule-edit", args=[key]),
    )


@page
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away, after saying what that means."""
    need(request, "decisions.discard_draft")
    draft = read(request, "decisions.draft", key=key)
    if draft is None:
        return HttpResponseRedirect(reverse("rule-edit", args=[key]))
    if request.method == "POST":
        outcome = do(request, "decisions.discard_draft", [{"key": key}])
        tell(request, outcome, _("The draft is thrown away."))
        return HttpResponseRedirect(reverse("rules"))
    edit, file = reverse("rule-edit", args=[key]), reverse("rule-file", args=[key])
    return show_discard(request, name_of(draft.xml, key), draft, edit, file)


def _fields(request: HttpRequest) -> tuple[Field, ...]:
    subjects = [(name, SUBJECTS.get(name, name)) for name in read(request, "decisions.parts")]
    about = request.POST.get("subject") or "order"
    return (
        Field("name", lazy("Name"), required=True, hint=lazy("What people call it, for example: Who approves an order"), autofocus=True),
        Field("subject", lazy("What it decides about"), "select", True, about, "", subjects),
    )  # fmt: skip


@page
def new(request: HttpRequest) -> HttpResponse:
    """Begin a table: blank, or from a file."""
    need(request, "decisions.save_draft")
    fields = _fields(request)
    if request.method != "POST":
        return _new_page(request, fields)
    upload = request.FILES.get("file")
    if upload is not None:
        return _take_in(request, fields, upload.read(2_000_001))
    form = read_form(request, fields)
    if form.problems:
        return _new_page(request, fields, form, status=422)
    key = key_of(form.values["name"])
    known = read(request, "decisions.parts").get(form.values["subject"], {})
    return _begin(request, fields, key, blank(key, form.values["name"], known), form.values["subject"], form)


def _new_page(
    request: HttpRequest, fields: Sequence[Field], form: Any = None, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    return show(
        request,
        "rules/new.html",
        status=status,
        title=_("New table"),
        back_url=reverse("rules"),
        fieldsets=[{"title": "", "fields": shown(fields, form)}],
        subjects=[{"value": name, "label": SUBJECTS.get(name, name)} for name in read(request, "decisions.parts")],
        problems=problems,
        save_label=_("Begin to draw"),
        cancel_url=reverse("rules"),
    )


def _begin(
    request: HttpRequest, fields: Sequence[Field], key: str, xml: str, subject: str, form: Any = None
) -> HttpResponse:
    if key in ("new", "problems", "try") or (read(request, "decisions.table", key=key) and form is not None):
        taken = _("There is a table %(key)s already. Give this one another name, or edit the other one.") % {"key": key}
        return _new_page(request, fields, form, [taken], 422)
    if there := read(request, "decisions.draft", key=key):
        return _new_page(request, fields, form, [drawn_already(there, form)], 422)
    outcome = do(request, "decisions.save_draft", [{"key": key, "xml": xml, "subject": subject}])
    if outcome.refused:
        return _new_page(request, fields, form, refusals(outcome), 422)
    return HttpResponseRedirect(reverse("rule-edit", args=[key]))


def _take_in(request: HttpRequest, fields: Sequence[Field], raw: bytes) -> HttpResponse:
    """A file of another tool: kept as it is, as the draft under the id of its last decision, also where the table is published."""
    try:
        xml = decoded(raw)
    except DmnError as error:
        return _new_page(
            request,
            fields,
            None,
            [_("This file cannot be taken: %(why)s") % {"why": NO_DMN[error.why] % {"told": error.told}}],
            422,
        )
    key = last_key(xml)
    if not key:
        return _new_page(request, fields, None, [_("This file holds no decision table in DMN.")], 422)
    return _begin(request, fields, key, xml, request.POST.get("subject", ""))


def blank(key: str, name: str, known: Any) -> str:
    """A table of one condition, one answer and one rule, over the first fact there is (of an order its value)."""
    fact = "net" if "net" in known else next(iter(known), "title")
    kind = known.get(fact, "string")
    label = quoteattr(str(FACTS.get(fact, fact)))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{DMN}" id="definitions_{key}" name={quoteattr(name)} '
        f'namespace="https://orderway.org/rules/{key}"><decision id="{key}" name={quoteattr(name)}>'
        f'<decisionTable id="table_{key}" hitPolicy="FIRST"><input id="input_1" label={label}>'
        f'<inputExpression id="asked_1" typeRef="{TYPES.get(kind, kind)}"><text>{fact}</text></inputExpression></input>'
        f'<output id="output_1" name="answer" typeRef="string"/><rule id="rule_1"><inputEntry id="cell_1"><text></text></inputEntry>'
        '<outputEntry id="cell_2"><text>""</text></outputEntry></rule></decisionTable></decision></definitions>'
    )


urls = [
    path("rules/new", new, name="rule-new"),
    path("rules/problems", problems, name="rule-problems"),
    path("rules/try", try_out, name="rule-try"),
    path("rules/<mapkey:key>/edit", edit, name="rule-edit"),
    path("rules/<mapkey:key>/save", save, name="rule-save"),
    path("rules/<mapkey:key>/file", file, name="rule-file"),
    path("rules/<mapkey:key>/publish", publish, name="rule-publish"),
    path("rules/<mapkey:key>/discard", discard, name="rule-discard"),
]
