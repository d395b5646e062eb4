"""Pages and API read through `visible_to(actor)` and write by calling verbs. Nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.tree import SRC, modules, plant

WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "insert_many",
    "set_many",
}
SHELLS = ("web", "api")


def offences(folder: Path) -> Iterator[str]:
    for path, tree in modules(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and is_objects(node.value) and node.attr != "visible_to":
                yield f"{path.name}:{node.lineno}: reads by .objects.{node.attr}, not by .visible_to(actor)"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and writes(node.func):
                yield f"{path.name}:{node.lineno}: writes by .{node.func.attr}(), not by a verb"


def is_objects(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}


def writes(call: ast.Attribute) -> bool:
    if call.attr in {"delete", "update"}:  # of a queryset; dictionaries update too
        inner = call.value
        return (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and (inner.func.attr in {"filter", "exclude", "visible_to", "all"})
        )
    return call.attr in WRITES


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_ask_for_what_the_actor_may_see(shell: str) -> None:
    assert list(offences(SRC / shell)) == []


@pytest.mark.parametrize(
    "line",
    [
        "Conversation.objects.get(pk=1)",
        "Conversation.objects.filter(pk=1)",
        "conversation.save()",
        "Note.objects.visible_to(actor).create(text='x')",
        "Note.objects.visible_to(actor).filter(pk=1).delete()",
        "Note.objects.visible_to(actor).update(text='x')",
        "Conversation._default_manager.all()",
    ],
)
def test_planted_look_or_write_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, "page.py", f"def page(request):\n    {line}\n")
    assert list(offences(tmp_path))


def test_good_line_passes(tmp_path: Path) -> None:
    plant(tmp_path, "page.py", "rows = Conversation.objects.visible_to(actor).filter(state='open')\n")
    assert list(offences(tmp_path)) == []
