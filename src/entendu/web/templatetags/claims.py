"""Small drawings of the pages of announcements."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from entendu.web.templatetags.queries import bars

register = template.Library()


@register.simple_tag
def week_bars(weeks: list[int]) -> dict[str, Any]:
    """People by week as bars, and the same in words."""
    told = _("People who contradict it by week, the last %(weeks)d weeks: %(list)s") % {
        "weeks": len(weeks),
        "list": ", ".join(str(n) for n in weeks),
    }
    return bars(weeks) | {"words": told}
