"""The types of the registry as pydantic reads them and as JSON Schema says them: one source for what is checked and what is described."""

from functools import cache
from typing import Annotated, Any, Final

from annotated_types import MinLen
from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import SchemaValidator, core_schema
from typing_extensions import TypedDict

from orderway.kernel.registry import commands, queries

Json = dict[str, Any]
# a misspelt field is refused, not overlooked
STRICT: Final = ConfigDict(extra="forbid", strict=True)
EXACT: Final = ConfigDict(extra="forbid")
PLAIN: Final = frozenset({"string", "integer", "number", "boolean"})


class Schemas(GenerateJsonSchema):
    """Schemas as PostgreSQL sees the values: 64-bit integers, decimals without exponents."""

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        return {**super().int_schema(schema), "format": "int64"}

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002 - no limits of its own
        text = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"}
        return {"anyOf": [text, {"type": "number"}]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        described = super().dict_schema(schema)
        if schema.get("keys_schema", {}).get("type") == "int":  # JSON has no other keys than texts
            described["propertyNames"] = {"pattern": "^(0|-?[1-9][0-9]{0,17})$"}
        return described


@cache
def set_of(name: str) -> TypeAdapter[Any]:
    """The body of the command `name`: {"rows": [at least one of its rows]}."""
    row: Any = commands[name].row
    return _exactly(name, {"rows": Annotated[list[row], MinLen(1)]}, STRICT)


@cache
def question_of(name: str) -> TypeAdapter[Any]:
    """The parameters of the query `name`, from text: {"asked": its parameters}."""
    return _exactly(name, {"asked": queries[name].parameters}, EXACT)


def _exactly(name: str, parts: dict[str, Any], config: ConfigDict) -> TypeAdapter[Any]:
    """An object with these parts and no others; plain dataclasses in it take the config over."""
    shape = TypedDict(name, parts)  # type: ignore[misc]
    shape.__pydantic_config__ = config  # type: ignore[attr-defined]
    adapter = TypeAdapter(shape)
    adapter.core_schema = _bounded(adapter.core_schema)
    adapter.validator = SchemaValidator(adapter.core_schema)
    return adapter


def _bounded(schema: Any) -> Any:
    """The same with every whole number kept to what a bigint holds, so that a refusal can name its row and field."""
    if isinstance(schema, list):
        return [_bounded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    bounds = {"ge": -(2**63), "le": 2**63 - 1} if schema.get("type") == "int" else {}
    return {**bounds, **{key: _bounded(part) for key, part in schema.items()}}


@cache
def _asked(name: str) -> Json:
    """The JSON schema of the parameters of the query `name`, whole."""
    described = question_of(name).json_schema(schema_generator=Schemas)
    whole: Json = _whole(described["properties"]["asked"], described.get("$defs", {}))
    return whole


@cache
def parameters_of(name: str) -> dict[str, Json]:
    """The JSON schema of each parameter of the query `name`; no null, because what an address does not ask it leaves out."""
    return {part: _without_null(schema) for part, schema in _asked(name).get("properties", {}).items()}


def required_of(name: str) -> frozenset[str]:
    """The parameters of the query `name` that must be given."""
    return frozenset(_asked(name).get("required", ()))


def is_plain(schema: Json) -> bool:
    """Whether one text in an address says it."""
    return all(is_plain(kind) for kind in schema["anyOf"]) if "anyOf" in schema else schema.get("type") in PLAIN


def is_many(schema: Json) -> bool:
    """Whether an address says it by repeating the parameter; what is neither plain nor this is written as JSON."""
    return schema.get("type") == "array" and is_plain(schema.get("items", {}))


def _whole(schema: Any, kinds: Json) -> Any:
    """The schema with what it refers to written in its place."""
    if isinstance(schema, list):
        return [_whole(part, kinds) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _whole(kinds[schema["$ref"].removeprefix("#/$defs/")], kinds)
    return {key: _whole(part, kinds) for key, part in schema.items()}


def _without_null(schema: Json) -> Json:
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    if "anyOf" in kept:
        kinds = [kind for kind in kept.pop("anyOf") if kind != {"type": "null"}]
        kept |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return kept
