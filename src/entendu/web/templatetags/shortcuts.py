"""The list of shortcuts, for the help and the palette."""

from typing import Any

from django import template

from entendu.web.shortcuts import Action, actions_for

register = template.Library()


@register.simple_tag(takes_context=True)
def shortcut_list(context: dict[str, Any]) -> list[Action]:
    """The actions that the member has, in the order of the help."""
    return actions_for(context["actor"])
