"""The document for people: one page that loads nothing from anywhere; its policy allows only the style it carries."""

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import reverse
from django.utils.safestring import mark_safe

from .document import SCHEMAS, document, resolved
from .problems import KINDS
from .schemas import Json


@cache
def _part(name: str) -> str:
    return resources.files("orderway.api").joinpath(f"templates/{name}").read_text("utf-8")


@cache
def _template() -> Any:
    return engines["django"].from_string(_part("docs.html"))


EXAMPLE = """curl --data-binary @order.edi -H 'Content-Type: application/octet-stream' \\
  -H 'Content-Disposition: attachment; filename="order.edi"' …"""


@cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_part("docs.css").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(request: HttpRequest) -> HttpResponse:
    """The page in the reader's language; the words of the document itself stay as they are written."""
    described = document()
    context = {
        "style": mark_safe(_part("docs.css")),  # noqa: S308 - our own file
        "info": described["info"],
        "document_url": reverse("api-document"),
        "place_url": reverse("api-command", args=["orders.place"]),
        "groups": _groups(described),
        "problems": [{"code": code, "kind": kind} for code, kind in KINDS.items()],
    }
    text = _template().render(context, request)
    return HttpResponse(text, headers={"Content-Security-Policy": _policy()})


def _groups(described: Json) -> list[Json]:
    schemas = described["components"]["schemas"]
    paths = described["paths"].items()
    verbs = [_verb(url, method, operation, schemas) for url, item in paths for method, operation in item.items()]
    names = (tag["name"] for tag in described["tags"])
    return [{"name": name, "verbs": [verb for verb in verbs if verb["name"].startswith(f"{name}.")]} for name in names]


def _verb(url: str, method: str, operation: Json, schemas: Json) -> Json:
    fields = [_field(p["name"], _schema(p), p.get("required", False)) for p in operation["parameters"]]
    verb: Json = {
        "name": operation["operationId"],
        "method": method.upper(),
        "url": url,
        "text": operation["description"],
    }
    if "requestBody" not in operation:
        return {**verb, "tables": [{"of": "", "fields": fields}] if fields else []}
    bodies = operation["requestBody"]["content"]
    if "application/json" not in bodies:  # files as they are
        named = [{"name": kind, "type": "bytes", "required": False, "default": ""} for kind in bodies]
        return {**verb, "tables": [{"of": "", "fields": [*fields, *named]}], "example": EXAMPLE}
    content = bodies["application/json"]
    tables: list[Json] = []
    _collect(content["schema"]["properties"]["rows"]["items"], schemas, tables)
    return {**verb, "tables": tables, "example": json.dumps(content["example"], indent=2)}


def _schema(parameter: Json) -> Json:
    schema: Json = parameter["schema"] if "schema" in parameter else parameter["content"]["application/json"]["schema"]
    return schema


def _collect(schema: Json, schemas: Json, tables: list[Json]) -> None:
    """A table for the row and one for each kind of part in it."""
    row = resolved(schema, schemas)
    must = row.get("required", ())
    fields = [_field(name, part, name in must) for name, part in row.get("properties", {}).items()]
    tables.append({"of": row.get("title", ""), "text": row.get("description", ""), "fields": fields})
    for part in row.get("properties", {}).values():
        entry = part.get("items", {})
        if "$ref" in entry and resolved(entry, schemas).get("title") not in {table["of"] for table in tables}:
            _collect(entry, schemas, tables)


def _field(name: str, schema: Json, required: bool) -> Json:
    default = schema.get("default")
    return {
        "name": name,
        "type": _type(schema),
        "required": required,
        "default": "" if default in (None, "", []) else json.dumps(default),
    }


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(SCHEMAS)
    if "anyOf" in schema:
        kinds = [_type(kind) for kind in schema["anyOf"] if kind.get("type") != "null"]
        return "decimal" if "decimal" in kinds else " | ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"[{', '.join(_type(entry) for entry in schema.get('prefixItems') or [schema.get('items', {})])}]"
    kind = str(schema.get("format") or schema.get("type") or "value")
    return "integer" if kind == "int64" else kind
