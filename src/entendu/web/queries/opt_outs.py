"""Who asked not to be listened to: the list, kept by those who decide what we listen for."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.paging import slice_of
from entendu.channels.models import Channel
from entendu.conversations.opt_out import opt_out
from entendu.mentions.models import Author, OptOut
from entendu.mentions.opt_outs import OptOutRefused, normal, remove_opt_out
from entendu.web.access import Asked, may
from entendu.web.queries.words import ERRORS

REFUSALS = ERRORS | {"taken": gettext_lazy("This account is on the list already.")}


@require_GET
@may("listen")
def opt_outs(request: Asked) -> HttpResponse:
    """The list, the newest first; `q`: a piece of an account."""
    return _page(request)


@require_POST
@may("listen")
def add(request: Asked) -> HttpResponse:
    """Somebody asked."""
    typed = {name: request.POST.get(name, "") for name in ("network", "account", "reason")}
    try:
        line = opt_out(request.actor, **typed)
    except OptOutRefused as refusal:
        return _page(request, typed, {refusal.field or "account": REFUSALS.get(refusal.code, refusal.code)})
    messages.success(request, _("“%(account)s” is not listened to any more.") % {"account": line.account})
    return redirect("opt_outs")


@require_POST
@may("listen")
def remove(request: Asked, line: int) -> HttpResponse:
    """The account is listened to again."""
    remove_opt_out(get_object_or_404(OptOut.objects.visible_to(request.actor), pk=line), by=request.actor)
    messages.success(request, _("The account is listened to again."))
    return redirect("opt_outs")


def _page(
    request: Asked, typed: dict[str, str] | None = None, errors: dict[str, Any] | None = None
) -> HttpResponse:
    found = OptOut.objects.visible_to(request.actor).select_related("by")
    asked = request.GET.get("q", "")[:255]
    if asked.strip():
        found = found.filter(account__contains=normal(asked))
    page = slice_of(found.order_by("-at"), request.GET.get("cursor", ""))
    context = {
        "lines": page.rows,
        "following": page.following,
        "typed": typed or {},
        "errors": errors or {},
        "asked": asked,
        "networks": networks(request),
    }
    return render(request, "queries/opt_outs.html", context, status=422 if errors else 200)


def networks(request: Asked) -> list[str]:
    """The networks that channels of the organisation name, for the field's suggestions."""
    settings = Channel.objects.visible_to(request.actor).values_list("settings", flat=True)
    named = {str(one.get("network", "")) for one in settings}
    heard = Author.objects.visible_to(request.actor).order_by("-id").values_list("network", flat=True)[:200]
    return sorted(named.union(heard) - {""})[:50]
