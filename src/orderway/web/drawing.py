"""The designer: one map to draw, its draft kept while one draws, its problems told, its file in and out."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.kernel.outcome import Outcome
from orderway.workflow.bpmn import NotBpmn, read_map

from .drawing_words import ARGUMENTS, FACTS, HAPPENINGS, STEPS, SUBJECTS
from .fields import refusals
from .maps import MapKey  # noqa: F401 - its addresses are these too
from .own_steps import OwnStep, own_steps_of
from .respond import do, found, may, need, page, posted_number, read, read_if, show
from .rule_words import ANSWERS
from .templatetags.ui import moment
from .words import ROLES


def drawn(request: HttpRequest, key: str) -> tuple[str, int]:
    """The drawing to go on with and its revision: the draft, else the published version under revision 0; else a 404."""
    draft = read(request, "workflow.draft", map=key)
    if draft is not None:
        return draft.xml, draft.revision
    rows = read(request, "workflow.versions", map=key)
    return found(rows[0] if rows else None).xml, 0


@page
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Draw on a map."""
    need(request, "workflow.save_draft")
    xml, revision = drawn(request, key)
    versions = read(request, "workflow.versions", map=key)
    draft = read(request, "workflow.draft", map=key)
    saved = saved_words(draft) if draft else ""
    parts = read(request, "workflow.parts")
    own = own_steps_of(parts.steps)
    return show(
        request,
        "maps/edit.html",
        title=name_of(xml, key),
        key=key,
        revision=revision,
        saved=saved,
        version=versions[0].number if versions else 0,
        back_url=reverse("map", args=[key]) if versions else reverse("maps"),
        may_publish=may(request, "workflow.publish_draft"),
        parts=json.dumps(_parts(request, parts, own)),
        roles=[(role, ROLES.get(role, role)) for role in parts.roles],
        add=_palette(own),
        tables=[(row.key, row.name) for row in read_if(request, "decisions.tables") or ()],
    )


def name_of(xml: str, key: str) -> str:
    """What a drawing calls itself in the reader's language."""
    from django.utils.translation import get_language  # noqa: PLC0415 - keeps the reader's language out of the module

    labels = [process.label for process in read_map(xml.encode()) if process.id == key]
    return (labels[0].in_language(get_language() or "en") if labels else "") or key


def _palette(own: Mapping[str, OwnStep]) -> list[dict[str, Any]]:
    """What can be added, in groups: the icon and the words of each, and what the script makes of it."""
    plain = [
        ("work", _("Work item"), "user-check", "w"),
        ("decision", _("Decision"), "git-branch", "d"),
        ("together", _("Ways at once"), "git-merge", "b"),
        ("several", _("Every way that fits"), "arrows-split", "v"),
        ("race", _("Whatever happens first"), "hourglass", "f"),
        ("votes", _("Several people decide"), "users-group", "g"),
        ("rule", _("Ask a table"), "table", "l"),
        ("sub", _("Part with its own steps"), "subtask", "p"),
        ("wait", _("Wait until something happens"), "bell", "h"),
        ("timer", _("Wait a while"), "clock", "t"),
        ("call", _("Another map"), "sitemap", "m"),
        ("refused", _("When the step is refused"), "alert-triangle", "r"),
        ("hear", _("Wait for a signal"), "antenna", "i"),
        ("give", _("Give a signal"), "broadcast", "o"),
        ("escalate", _("Escalate"), "speakerphone", "k"),
        ("escalated", _("When the part escalates"), "stairs-up", "u"),
        ("end", _("End"), "circle-x", "x"),
    ]
    steps = [(f"step:{name}", words.label, words.icon, "") for name, words in STEPS.items()]
    steps += [(f"step:{name}", words.label, words.icon, "") for name, words in own.items()]
    other = [
        ("step:", _("Other step"), "bolt", ""),
        ("lane", _("Department"), "users", ""),
        ("note", _("Note"), "note", ""),
    ]
    groups = ((_("People and ways"), plain), (_("Steps that run by themselves"), steps), (_("More"), other))
    return [
        {"label": label, "entries": [{"what": w, "label": text, "icon": i, "key": k} for w, text, i, k in entries]}
        for label, entries in groups
    ]


def _parts(request: HttpRequest, parts: Any, own: Mapping[str, OwnStep]) -> Mapping[str, Any]:
    """What the pickers offer, with words: facts, steps and their arguments, happenings, departments, maps."""
    words = {name: str(one.label) for name, one in STEPS.items()} | {name: one.label for name, one in own.items()}
    steps = {
        name: {
            "label": words.get(name, name),
            "about": purpose,
            "known": name in words,
            "takes": [{"name": a.name, "type": a.type, "required": a.required, "label": str(ARGUMENTS.get(a.name, a.name))} for a in takes],
        }
        for name, (purpose, takes) in parts.steps.items()
    }  # fmt: skip
    return {
        "facts": {
            subject: [{"name": name, "type": kind, "label": str(FACTS.get(name, name))} for name, kind in facts.items()]
            for subject, facts in parts.facts.items()
        },
        "subjects": [[name, str(SUBJECTS.get(name, name))] for name in parts.facts],
        "steps": steps,
        "answers": {
            key: [{"name": name, "type": kind, "label": str(ANSWERS.get(name, name))} for name, kind in answers.items()]
            for key, answers in parts.answers.items()
        },
        "happenings": [[name, str(said)] for name, said in HAPPENINGS.items()],
        "departments": [list(one) for one in parts.departments],
        "maps": [list(one) for one in parts.maps],
        "decisions": [[row.key, row.name or row.key] for row in read(request, "decisions.tables")],
    }


@page
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The BPMN file as it is drawn now; `download` saves it."""
    xml, _revision = drawn(request, key)
    response = HttpResponse(xml, content_type="application/xml")
    response["X-Content-Type-Options"] = "nosniff"
    if request.GET.get("download"):
        response["Content-Disposition"] = f'attachment; filename="{key}.bpmn"'
    return response


@page
def template(request: HttpRequest, name: str) -> HttpResponse:
    """The BPMN file of a template of the gallery."""
    need(request, "workflow.save_draft")
    return HttpResponse(template_xml(name), content_type="application/xml")


def template_xml(name: str) -> str:
    """A map of the gallery, or one of the shipped maps, as its file says it; a 404 for another name."""
    package = resources.files("orderway.workflow")
    for folder in ("gallery", "maps"):
        place = package.joinpath(folder, f"{name}.bpmn")
        if place.is_file():
            return place.read_text("utf-8")
    raise Http404


@page
@require_POST
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the drawing; answers its revision, or why it was not kept."""
    row = {"map": key, "xml": request.POST.get("xml", ""), "seen": posted_number(request, "seen")}
    outcome = do(request, "workflow.save_draft", [row])
    return saved_answer(key, outcome, read(request, "workflow.draft", map=key) if outcome.done else None)


def saved_answer(key: str, outcome: Outcome, draft: Any) -> JsonResponse:
    """The revision of a draft that was kept, of a map or of a table, or why it was not kept."""
    if outcome.refused:
        return JsonResponse({"problems": list(refusals(outcome)), "code": outcome.refused[0].code}, status=409)
    return JsonResponse({"revision": outcome.values["revisions"][key], "saved": saved_words(draft)})


def saved_words(draft: Any) -> str:
    """When a draft was saved last and by whom."""
    return _("Saved %(at)s by %(by)s") % {"at": moment(draft.saved_at), "by": draft.saved_by}


@page
@require_POST
def problems(request: HttpRequest) -> HttpResponse:
    """What is wrong with the posted drawing."""
    need(request, "workflow.save_draft")
    told = read(request, "workflow.lint", xml=request.POST.get("xml", ""))
    return JsonResponse({"runnable": told.runnable, "problems": [one._asdict() for one in told.problems]})


def fits(xml: str) -> str:
    """Why a text is no map, or ""."""
    try:
        read_map(xml.encode("utf-8", "surrogatepass"))
    except NotBpmn as error:
        return str(error)
    return ""


urls = [
    path("maps/problems", problems, name="map-problems"),
    path("maps/templates/<slug:name>", template, name="map-template"),
    path("maps/<mapkey:key>/edit", edit, name="map-edit"),
    path("maps/<mapkey:key>/save", save, name="map-save"),
    path("maps/<mapkey:key>/file", file, name="map-file"),
]
