"""A foreign key points to the same app or to a lower layer: strings would escape the import rule."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models

from rules.tree import layers


def offences(found: Iterable[type[models.Model]]) -> Iterator[str]:
    height = {name: -level for level, names in enumerate(layers()) for name in names}
    for model in found:
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or target is None:
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here in height and there in height and here != there and height[there] >= height[here]:
                yield f"{model._meta.label}.{field.name} -> {target._meta.label}"


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("entendu.")]


def test_foreign_keys_point_down() -> None:
    assert len(ours()) > 30
    assert list(offences(ours())) == []


def test_planted_foreign_key_is_found() -> None:
    class Planted(models.Model):
        conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")

        class Meta:
            app_label = "mentions"

    try:
        assert list(offences([Planted])) == ["mentions.Planted.conversation -> conversations.Conversation"]
    finally:
        del apps.all_models["mentions"]["planted"]
        apps.clear_cache()
