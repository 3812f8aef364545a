"""Beginning a new map, publishing and throwing away drafts, and the versions of a map."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from lxml import etree

from orderway.workflow.bpmn import BPMN, NotBpmn
from orderway.workflow.roundtrip import decoded

from .drawing import fits, name_of, saved_words, template_xml
from .drawing_words import SUBJECTS, TEMPLATES
from .fields import refusals
from .forms import Field, read_form, shown
from .maps import ORDERWAY, SECURE
from .respond import do, found, may, need, page, posted_number, read, show, tell

BLANK = "blank"
SHAPES = "http://www.omg.org/spec/BPMN/20100524/DI"
PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _fields(request: HttpRequest) -> tuple[Field, ...]:
    subjects = [(name, SUBJECTS.get(name, name)) for name in read(request, "workflow.parts").facts]
    return (
        Field("name", lazy("Name"), required=True, hint=lazy("What people call it, for example: Order with credit check"), autofocus=True),
        Field("subject", lazy("What runs through it"), "select", choices=[("", lazy("As the template says")), *subjects]),
    )  # fmt: skip


@page
def new(request: HttpRequest) -> HttpResponse:
    """Begin a map: blank, from a template, or from a file."""
    need(request, "workflow.save_draft")
    fields = _fields(request)
    if request.method != "POST":
        return _new_page(request, fields)
    upload = request.FILES.get("file")
    if upload is not None:
        return _take_in(request, fields, upload.read(5_000_001))
    form = read_form(request, fields)
    if form.problems:
        return _new_page(request, fields, form, status=422)
    chosen = request.POST.get("template", BLANK)
    key = key_of(form.values["name"])
    departments = read(request, "workflow.parts").departments
    return _begin(request, fields, key, renamed(template_xml(chosen), key, form.values, departments), form)


def _new_page(
    request: HttpRequest,
    fields: Sequence[Field],
    form: Any = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    chosen = request.POST.get("template") or request.GET.get("template", BLANK)
    blank: dict[str, Any] = {
        "key": BLANK,
        "label": _("Blank"),
        "about": _("A pool with your first department and a start."),
    }
    known: list[dict[str, Any]] = [{"key": one.key, "label": one.label, "about": one.about} for one in TEMPLATES]
    return show(
        request,
        "maps/new.html",
        status=status,
        title=_("New map"),
        back_url=reverse("maps"),
        fieldsets=[{"title": "", "fields": shown(fields, form)}],
        templates=[{**one, "chosen": one["key"] == chosen} for one in [blank, *known]],
        problems=problems,
        save_label=_("Begin to draw"),
        cancel_url=reverse("maps"),
    )


def _begin(request: HttpRequest, fields: Sequence[Field], key: str, xml: str, form: Any = None) -> HttpResponse:
    if there := read(request, "workflow.draft", map=key):
        return _new_page(request, fields, form, [drawn_already(there, form)], 422)
    named = form is not None and read(request, "workflow.versions", map=key)
    if named or key in ("new", "of", "problems", "templates"):
        taken = _("There is a map %(key)s already. Give this one another name, or edit the other one.") % {"key": key}
        return _new_page(request, fields, form, [taken], 422)
    outcome = do(request, "workflow.save_draft", [{"map": key, "xml": xml}])
    if outcome.refused:
        return _new_page(request, fields, form, refusals(outcome), 422)
    return HttpResponseRedirect(reverse("map-edit", args=[key]))


def drawn_already(draft: Any, form: Any) -> str:
    """Why nothing begins under the name of a draft that somebody draws on: neither a blank one (`form`) nor a file."""
    if form is not None:
        way_out = _("Go on with it from the list, or give this one another name.")
    else:
        way_out = _("Publish it or throw it away first, then take the file in.")
    return f"{_('There is a draft of that name already.')} {saved_words(draft)}. {way_out}"


def _take_in(request: HttpRequest, fields: Sequence[Field], raw: bytes) -> HttpResponse:
    """A file of another tool: kept as it is, as the draft under the id of its executable process, else of its first one."""
    try:
        xml = decoded(raw)
    except NotBpmn as error:
        return _new_page(request, fields, None, [_("This file cannot be taken: %(why)s") % {"why": error}], 422)
    if why := fits(xml):
        return _new_page(request, fields, None, [_("This file cannot be taken: %(why)s") % {"why": why}], 422)
    processes = list(etree.fromstring(xml.encode(), SECURE).iter(f"{BPMN}process"))
    runs = [one for one in processes if one.get("isExecutable") in ("true", "1")]
    return _begin(request, fields, str((runs or processes)[0].get("id")), xml)


def key_of(name: str) -> str:
    """The key of a map from its name: letters, digits and _."""
    plain = name.lower().translate(PLAIN)
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or "map"
    return key if key[0].isalpha() else f"map_{key}"


def renamed(xml: str, key: str, values: Mapping[str, Any], departments: Sequence[tuple[str, str]]) -> str:
    """A template under another key and name, for the chosen subject; a blank one begins in the first department there is."""
    root = etree.fromstring(xml.encode(), SECURE)
    old = next(one.get("id") for one in root.iter(f"{BPMN}process") if one.get("isExecutable") == "true")
    for element in root.iter(f"{BPMN}*"):
        is_pool = element.get("processRef") == old
        if is_pool:
            element.set("processRef", key)
        if is_pool or (element.tag == f"{BPMN}process" and element.get("id") == old):
            element.set("name", values["name"])
            element.attrib.pop(f"{ORDERWAY}de", "")
        if element.tag == f"{BPMN}process" and element.get("id") == old:
            element.set("id", key)
            if values.get("subject"):
                element.set(f"{ORDERWAY}subject", values["subject"])
        lane = element.get(f"{ORDERWAY}department") if old == BLANK else None
        if lane and departments:
            department, name = next((one for one in departments if one[0] == lane), departments[0])
            element.set(f"{ORDERWAY}department", department)
            element.set("name", name)
    for shape in root.iter(f"{{{SHAPES}}}*"):
        if shape.get("bpmnElement") == old:
            shape.set("bpmnElement", key)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode()


@page
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Say what changed and publish the draft, or see what is still to mend."""
    need(request, "workflow.publish_draft")
    draft = read(request, "workflow.draft", map=key)
    if draft is None or draft.same_as:
        messages.info(request, nothing_new(draft))
        return HttpResponseRedirect(reverse("map-edit", args=[key]))
    versions = read(request, "workflow.versions", map=key)
    told = read(request, "workflow.lint", xml=draft.xml)
    stops: Sequence[str] = ()
    if request.method == "POST":
        note = request.POST.get("note", "").strip()
        row = {"map": key, "note": note, "seen": posted_number(request, "seen")}
        outcome = do(request, "workflow.publish_draft", [row])
        if not outcome.refused:
            tell(request, outcome, _("Published. New ones go this way from now on; those on their way stay on theirs."))
            return HttpResponseRedirect(reverse("map", args=[key]))
        stops = refusals(outcome)
    return show(
        request,
        "maps/publish.html",
        status=422 if stops else 200,
        title=_("Publish %(name)s") % {"name": name_of(draft.xml, key)},
        back_url=reverse("map-edit", args=[key]),
        fieldsets=asked_why(request, "note"),
        problems=stops,
        told=told.problems,
        runnable=told.runnable,
        seen=draft.revision,
        running=versions[0].running if versions else 0,
        number=versions[0].number + 1 if versions else 1,
        edit_url=reverse("map-edit", args=[key]),
        save_label=_("Publish"),
        cancel_url=reverse("map-edit", args=[key]),
    )


def nothing_new(draft: Any) -> str:
    """Why there is nothing to publish: no draft, or one that says what is published."""
    if draft is None:
        return _("There is no draft to publish: nothing was changed, or a colleague published it.")
    return _("Nothing has changed since version %(number)s; nothing is published.") % {"number": draft.same_as}


@page
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away, after saying what that means."""
    need(request, "workflow.discard_draft")
    draft = read(request, "workflow.draft", map=key)
    if draft is None:
        return HttpResponseRedirect(reverse("map-edit", args=[key]))
    if request.method == "POST":
        outcome = do(request, "workflow.discard_draft", [{"map": key}])
        tell(request, outcome, _("The draft is thrown away."))
        return HttpResponseRedirect(reverse("maps"))
    edit, file = reverse("map-edit", args=[key]), reverse("map-file", args=[key])
    return show_discard(request, name_of(draft.xml, key), draft, edit, file)


def asked_why(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    """The form that asks what a new version changes and why."""
    why = {
        "name": name,
        "label": _("What changed and why"),
        "kind": "textarea",
        "rows": 3,
        "full": True,
        "autofocus": True,
    }
    return [{"title": "", "fields": [{**why, "value": request.POST.get(name, "")}], "one_column": True}]


def show_discard(request: HttpRequest, name: str, draft: Any, edit: str, file: str) -> HttpResponse:
    """What it means to throw a draft away, of a map or of a table; `edit` is where it is drawn, `file` where it is handed out."""
    return show(
        request,
        "maps/discard.html",
        title=_("Throw the draft of %(name)s away") % {"name": name},
        back_url=edit,
        last=saved_words(draft),
        file_url=f"{file}?download=1",
        fieldsets=[],
        save_label=_("Throw away"),
        cancel_url=edit,
    )


@page
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """Every version of a map: who published it, when and why; one beside the one before it."""
    rows = read(request, "workflow.versions", map=key)
    found(rows[0] if rows else None)
    wanted = request.GET.get("version", "")
    new_one = next((row for row in rows if str(row.number) == wanted), rows[0])
    before = next((row for row in rows if row.number < new_one.number), None)
    columns = [
        {"key": "version", "label": _("Version"), "kind": "id"},
        {"key": "note", "label": _("What changed and why"), "grow": 6, "narrow": "sub"},
        {"key": "published", "label": _("Published"), "kind": "date", "soft": True, "narrow": "end2"},
        {"key": "by", "label": _("By"), "kind": "person"},
        {"key": "running", "label": _("On their way"), "kind": "number", "strong": True, "narrow": "end"},
    ]
    return show(
        request,
        "maps/versions.html",
        title=name_of(new_one.xml, key),
        sub=_("Versions"),
        back_url=reverse("map", args=[key]),
        actions=_version_actions(request, key, rows),
        columns=columns,
        rows=[_version_row(key, row, new_one.number) for row in rows],
        shown_version=new_one.number,
        before=before.number if before else 0,
        new_url=reverse("map-version-file", args=[key, new_one.number]),
        old_url=reverse("map-version-file", args=[key, before.number]) if before else "",
    )


def _version_actions(request: HttpRequest, key: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = []
    if may(request, "workflow.try"):
        actions.append(
            {
                "label": _("Try it"),
                "url": f"{reverse('map-try', args=[key])}?version={rows[0].number}",
                "icon": "history",
            }
        )
    if any(row.running for row in rows[1:]) and may(request, "workflow.move_over"):
        actions.append({"label": _("Move over"), "url": reverse("map-move-over", args=[key]), "icon": "arrow-right"})
    if may(request, "workflow.save_draft"):
        actions.append({"label": _("Edit"), "url": reverse("map-edit", args=[key]), "icon": "pencil", "primary": True})
    return actions


def title_of(request: HttpRequest, key: str) -> str:
    """What a map is called in its latest version."""
    rows = read(request, "workflow.versions", map=key)
    return name_of(found(rows[0] if rows else None).xml, key)


def _version_row(key: str, row: Any, chosen: int) -> dict[str, Any]:
    label = _("Version %(n)s") % {"n": row.number}
    cells = {
        "version": label,
        "note": row.note,
        "published": row.published_at,
        "by": row.published_by,
        "running": row.running,
    }
    url = f"{reverse('map-versions', args=[key])}?version={row.number}"
    return {"id": row.number, "url": url, "label": label, "cells": cells, "current": row.number == chosen}


@page
def version_file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The BPMN file of one version, byte for byte."""
    row = found(next((row for row in read(request, "workflow.versions", map=key) if row.number == number), None))
    response = HttpResponse(row.xml, content_type="application/xml")
    response["X-Content-Type-Options"] = "nosniff"
    return response


urls = [
    path("maps/new", new, name="map-new"),
    path("maps/<mapkey:key>/publish", publish, name="map-publish"),
    path("maps/<mapkey:key>/discard", discard, name="map-discard"),
    path("maps/<mapkey:key>/versions", versions, name="map-versions"),
    path("maps/<mapkey:key>/versions/<int:number>/file", version_file, name="map-version-file"),
]
