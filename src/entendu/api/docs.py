"""The page of the API: what can be asked, read from the same description that programs read (OpenAPI)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entendu.api.house import api


@dataclass(frozen=True)
class Value:
    """A parameter, or a field of a body: its type in words, and whether it must be given."""

    name: str
    where: str
    type: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """Something that can be asked."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    values: list[Value]
    answers: list[tuple[str, str]]


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The reference of the API, without a line of script."""
    schema: dict[str, Any] = api.get_openapi_schema()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            group = groups.setdefault(operation["tags"][0], [])
            group.append(_operation(schema, path, method, operation))
    return render(request, "api/docs.html", {"groups": groups, "schemas": _schemas(schema)})


docs.right = "open"  # type: ignore[attr-defined]  # it tells nothing of anybody


def _operation(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    values = [
        Value(one["name"], one["in"], _type(one["schema"]), one.get("required", False))
        for one in operation.get("parameters", [])
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation.get("description", ""),
        values=values + (_fields(schema, body, "body") if body else []),
        answers=[(str(status), _answer(one)) for status, one in operation["responses"].items()],
    )


def _schemas(schema: dict[str, Any]) -> list[tuple[str, str, list[Value]]]:
    """(name, what it says, its fields) of every object that is answered or sent."""
    objects = schema["components"]["schemas"].items()
    return [(name, one.get("description", ""), _fields(schema, one, "")) for name, one in sorted(objects)]


def _fields(schema: dict[str, Any], body: dict[str, Any], where: str) -> list[Value]:
    if "$ref" in body:
        body = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    required = body.get("required", [])
    return [
        Value(name, where, _type(one), name in required) for name, one in body.get("properties", {}).items()
    ]


def _answer(response: dict[str, Any]) -> str:
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    return _type(schema) if schema else ""


def _type(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words: "string (date-time)", "MentionOut", "list of integer"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for union in ("anyOf", "allOf", "oneOf"):
        if union in schema:
            return " | ".join(_type(one) for one in schema[union])
    if "enum" in schema or "const" in schema:
        return " | ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
