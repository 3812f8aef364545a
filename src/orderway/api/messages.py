"""POST /api/messages: a message or file as it is, into the inbox, as if somebody had uploaded it."""

import mimetypes
from typing import Final

from django.http import HttpRequest
from django.utils.http import parse_header_parameters

from orderway.capture.inlets import LARGEST
from orderway.capture.jobs import MAIL
from orderway.kernel.outcome import Refusal

from .problems import Problem
from .schemas import Json

MOST_FILES: Final = 50
COMMAND: Final = "capture.receive"
ABOUT: Final = (
    "Takes in a message or a file as it is: an order by mail (message/rfc822), EDI, XML, a sheet, a PDF, a scan. Send the bytes as "
    "the body, with their media type and a name in Content-Disposition or `name`; or several files as multipart/form-data, all of "
    "them or none. When the answer comes they are stored for good; the worker then reads them, and each becomes an order by itself "
    "or waits in the inbox. The same bytes, or the same Message-ID, are not taken twice: `done` then holds the message that was "
    "there, and `values.new` only those that are new. A token needs the scope `capture.receive`."
)


def files_in(request: HttpRequest) -> list[tuple[str, bytes]]:
    """The files of a request as (name, bytes). Problems: too-large, refused (`no-files`)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + 1024 * 1024:
        raise Problem("too-large")
    if request.content_type == "multipart/form-data":
        files = [(file.name or "", file.read()) for _, several in request.FILES.lists() for file in several]
    else:
        data = request.read(LARGEST + 1)
        files = [(name_of(request), data)]
    if not files or len(files) > MOST_FILES or not all(data for _, data in files):
        raise Problem("refused", [Refusal("no-files", None, {"most": MOST_FILES})])
    if any(len(data) > LARGEST for _, data in files):
        raise Problem("too-large")
    return files


def name_of(request: HttpRequest) -> str:
    """What the sender calls the body: the file name of Content-Disposition, else `name`, else one that fits the media type."""
    _kind, said = parse_header_parameters(request.headers.get("Content-Disposition", ""))
    named = said.get("filename") or request.GET.get("name", "")
    if named:
        return named
    kind = request.content_type or ""
    return "message.eml" if kind == MAIL else f"input{mimetypes.guess_extension(kind) or ''}"


def described(key: Json, good: Json, problems: Json) -> Json:
    """The operation in the OpenAPI document; `key` is the parameter Idempotency-Key."""
    binary: Json = {"type": "string", "contentMediaType": "application/octet-stream"}
    files: Json = {"type": "array", "items": binary, "minItems": 1, "maxItems": MOST_FILES}
    return {
        "operationId": "capture.messages",
        "tags": ["capture"],
        "summary": "Take in a message or files.",
        "description": ABOUT,
        "parameters": [
            {
                "name": "name",
                "in": "query",
                "description": "What the file is called, where Content-Disposition does not say it.",
                "schema": {"type": "string"},
                "example": "order-4711.edi",
            },
            key,
        ],
        "requestBody": {
            "required": True,
            "content": {
                "message/rfc822": {"schema": {}},
                "application/octet-stream": {"schema": {}},
                "multipart/form-data": {
                    "schema": {"type": "object", "required": ["file"], "properties": {"file": files}}
                },
            },
        },
        "responses": {"200": good, "201": good, **problems},
    }
