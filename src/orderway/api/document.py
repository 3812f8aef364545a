"""The OpenAPI 3.1 document, made from the registry: names, docstrings, the types of rows and parameters, and an example of each."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, get_origin, get_type_hints

from django.urls import reverse
from pydantic import TypeAdapter

from orderway.kernel.paging import Page
from orderway.kernel.registry import Command, Query, commands, queries

from .answers import as_json
from .messages import described
from .problems import KINDS
from .reading import KEY
from .schemas import Json, Schemas, is_many, is_plain, parameters_of, required_of, set_of

SCHEMAS = "#/components/schemas/"
ABOUT = (
    "Every command takes a set of rows and does all of them or none, unless `partial=true`. `dry=true` says what would happen "
    "and takes it back. The same Idempotency-Key with the same rows answers as before and does nothing twice. Amounts and "
    "quantities are answered as strings and best sent as strings: they are exact. Lists come a page at a time: `next` is the "
    "value of `after` for the following page, and `count` is null where more than 1,000 are there."
)


@cache
def document_text() -> str:
    """The document as JSON; the registry does not change while a process lives."""
    return as_json(document())


def document() -> Json:
    """The document as a dictionary, in the order of names."""
    open_commands = [commands[name] for name in sorted(commands) if commands[name].roles]
    open_queries = [queries[name] for name in sorted(queries)]
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [(c.name, "validation", set_of(c.name)) for c in open_commands]
    found, rest = TypeAdapter.json_schemas(adapters, ref_template=SCHEMAS + "{model}", schema_generator=Schemas)
    schemas = rest.get("$defs", {})
    bodies = {name: resolved(schema, schemas) for (name, _), schema in found.items()}
    paths = {reverse("api-command", args=[c.name]): {"post": _post(c, bodies[c.name], schemas)} for c in open_commands}
    taken_in = _good("What was taken in, or was here before.", {"$ref": f"{SCHEMAS}Outcome"})
    wrong = _problems(*(kind for kind in KINDS if kind not in ("not-json", "unknown")))
    paths |= {reverse("api-messages"): {"post": described(IDEMPOTENCY, taken_in, wrong)}}
    paths |= {reverse("api-query", args=[q.name]): {"get": _get(q)} for q in open_queries}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orderway", "version": version("orderway"), "description": ABOUT},
        "tags": [{"name": name} for name in sorted({name.split(".")[0] for name in (*commands, *queries)})],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {**_rows_only(schemas, bodies), **ANSWERS},
            "responses": {kind: _problem(kind) for kind in KINDS},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token from `people.issue_token`."},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Of our own pages."},
            },
        },
    }


def _rows_only(schemas: Mapping[str, Json], bodies: Mapping[str, Json]) -> Json:
    """What the bodies refer to; the bodies themselves stand in their operations."""
    return {name: schema for name, schema in schemas.items() if name not in bodies}


def resolved(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """The schema itself where it is only a reference into `schemas`."""
    while set(schema) == {"$ref"}:
        schema = schemas[schema["$ref"].removeprefix(SCHEMAS)]
    return schema


def _post(command: Command, body: Json, schemas: Mapping[str, Json]) -> Json:
    row = example(body["properties"]["rows"]["items"], schemas)
    flags = (("dry", "Say what would happen, change nothing."), ("partial", "Do what can be done, refuse the rest."))
    return {
        **_common(command),
        "parameters": [
            *({"name": flag, "in": "query", "description": text, "schema": FLAG} for flag, text in flags),
            IDEMPOTENCY,
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {**body, "title": command.name}, "example": {"rows": [row]}}},
        },
        "responses": {
            "200": _good("Something was done, or would be in a dry run.", {"$ref": f"{SCHEMAS}Outcome"}),
            **_problems(*KINDS),
        },
    }


def _get(query: Query) -> Json:
    required = required_of(query.name)
    parameters = [
        {"name": name, "in": "query", "required": name in required, **_said(schema)}
        for name, schema in parameters_of(query.name).items()
    ]
    gone = {
        "too-large",
        "not-json",
        "key-reused",
        "foreign-page",
        "unreadable",
        *(() if _single(query) else ("unknown",)),
    }
    return {
        **_common(query),
        "parameters": parameters,
        "responses": {
            "200": _good("What was found.", _found(query)),
            **_problems(*(kind for kind in KINDS if kind not in gone)),
        },
    }


def _said(schema: Json) -> Json:
    if is_plain(schema) or is_many(schema):
        return {"schema": schema}
    return {"content": {"application/json": {"schema": schema}}}


def _common(verb: Command | Query) -> Json:
    roles = ", ".join(sorted(verb.roles))
    text = " ".join((verb.work.__doc__ or "").split())
    return {
        "operationId": verb.name,
        "tags": [verb.name.split(".")[0]],
        "summary": verb.purpose,
        "description": f"{text} Open to: {roles}.",
    }


def _returned(query: Query) -> Any:
    return get_type_hints(query.work).get("return")


def _single(query: Query) -> bool:
    returned = _returned(query)
    return returned is not Page and (get_origin(returned) or returned) not in (list, tuple)


def _found(query: Query) -> Json:
    if _single(query):
        return (
            {"anyOf": [{"type": "object"}, {"$ref": f"{SCHEMAS}Rows"}]}
            if _returned(query) is Any
            else {"type": "object"}
        )
    return {"$ref": f"{SCHEMAS}Rows"}


def _good(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*kinds: str) -> Json:
    """One response a status; where two kinds share one, the first speaks for both."""
    first = {KINDS[kind].status: kind for kind in reversed(kinds)}
    return {str(status): {"$ref": f"#/components/responses/{kind}"} for status, kind in sorted(first.items())}


def _problem(kind: str) -> Json:
    content = {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    return {"description": f"{KINDS[kind].title}. {KINDS[kind].advice}", "content": content}


def example(schema: Json, schemas: Mapping[str, Json], name: str = "") -> Any:
    """The smallest value that a schema allows: of objects what must be given, of lists one entry, of choices the first."""
    schema = resolved(schema, schemas)
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], schemas, name)
    match schema.get("type"):
        case "object":
            must, fields = schema.get("required", ()), schema.get("properties", {})
            return {field: example(fields[field], schemas, field) for field in must}
        case "array":
            entries = schema.get("prefixItems") or [schema.get("items", {})]
            return [example(entry, schemas, name) for entry in entries]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return TEXTS.get(schema.get("format", ""), name.replace("_", " ") or "text")


TEXTS: Mapping[str, str] = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T08:30:00Z",
    "time": "08:30:00",
    "decimal": "12.50",
    "uuid": "0b8c2f0e-5d0c-4c56-9a53-0f0a3d1d6a11",
}
IDEMPOTENCY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key does it once.",
    "schema": {"type": "string", "pattern": KEY},
}
FLAG: Json = {"type": "boolean", "default": False}
ANSWERS: Json = json.loads("""{
  "Refusal": {
    "type": "object",
    "description": "Why one row was not done: a stable code, the row (its id, or the index of a new one), and the facts of it.",
    "required": ["code", "subject", "facts"],
    "properties": {
      "code": {"type": "string", "examples": ["unknown-customer"]},
      "subject": {"type": ["integer", "null"]},
      "facts": {"type": "object"}
    }
  },
  "Outcome": {
    "type": "object",
    "description": "What was done (the ids of the rows written, in the order of the input) and what was refused.",
    "required": ["done", "refused", "values"],
    "properties": {
      "done": {"type": "array", "items": {"type": "integer"}},
      "refused": {"type": "array", "items": {"$ref": "#/components/schemas/Refusal"}},
      "values": {"type": "object"}
    }
  },
  "Rows": {
    "type": "object",
    "description": "A page of rows, the cursor of the next page, and how many there are in all (null for more than 1,000).",
    "required": ["rows", "next", "count"],
    "properties": {
      "rows": {"type": "array", "items": {"type": "object"}},
      "next": {"type": ["string", "null"]},
      "count": {"type": ["integer", "null"]}
    }
  },
  "Problem": {
    "type": "object",
    "description": "RFC 9457. `type` names the kind and leads to its explanation.",
    "required": ["type", "title", "status"],
    "properties": {
      "type": {"type": "string", "format": "uri-reference"},
      "title": {"type": "string"},
      "status": {"type": "integer"},
      "detail": {"type": "string"},
      "refusals": {"type": "array", "items": {"$ref": "#/components/schemas/Refusal"}}
    }
  }
}""")
