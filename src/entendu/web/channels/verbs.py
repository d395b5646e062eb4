"""On and off, look now, test; and what could not be read."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.audit import audit
from entendu.accounts.paging import slice_of
from entendu.channels import add as doors
from entendu.channels.doors import follows_many, open_door
from entendu.channels.endpoint import change_endpoint, close_endpoint
from entendu.channels.models import Channel, Endpoint
from entendu.channels.seal import SealBroken
from entendu.channels.words import in_words, split_detail
from entendu.mentions.drop import UNREAD_REASONS, DropRefused, drop_unread
from entendu.mentions.models import Receipt
from entendu.mentions.parse import try_again
from entendu.web.access import Asked, may, page
from entendu.web.channels.pages import find, rights
from entendu.web.ledger.words import reason_in_words
from entendu.wire import Health, WireError


@require_POST
@may("administer")
def switch(request: Asked, channel: int) -> HttpResponse:
    """On or off. Off: nothing is pulled, nothing is sent."""
    on = request.POST.get("on") == "1"
    doors.switch(find(request, channel), by=request.actor, on=on)
    messages.success(request, _("Switched on.") if on else _("Switched off. What was heard stays."))
    return redirect("channels")


@require_POST
@may("listen")
def look_now(request: Asked, channel: int) -> HttpResponse:
    """Asks the worker for a look at once."""
    found = find(request, channel)
    if found.state == "off":
        messages.error(request, _("This channel is switched off."))
    else:
        doors.look_now(found, by=request.actor)
        messages.success(request, _("The worker looks there now."))
    return redirect("channels")


@require_POST
@may("administer")
def address(request: Asked, channel: int) -> HttpResponse:
    """Another address to give to the source in place of the present one (`act` change), or none (`close`)."""
    found = find(request, channel)
    endpoint = Endpoint.objects.visible_to(request.actor).filter(channel=found, source=None).first()
    if endpoint is None:
        messages.error(request, in_words("channel_has_no_webhook"))
    elif request.POST.get("act") == "close":
        close_endpoint(endpoint, by=request.actor)
        messages.success(request, _("Closed: nothing is taken at this address any more."))
    else:
        change_endpoint(endpoint, by=request.actor)
        messages.success(request, _("This is the new address. The old one is unknown from now on."))
    return redirect("channel_change", channel)


@require_POST
@may("administer")
def test(request: Asked, channel: int) -> HttpResponse:
    """Asks the other side whether the door works, and says what it answered."""
    found = find(request, channel)
    try:
        health = health_of(found)
        state, code, detail = health.state, health.code, health.detail
    except WireError as error:
        state, code, detail = "blocked", error.code, error.detail
    except SealBroken as error:
        state, code, detail = "needs_auth", "seal_broken", str(error)
    words = in_words(code) if code else ""
    if state == "ok":
        said = _("“%(name)s” works.") % {"name": found.name}
        messages.success(request, f"{said} {words}".strip())
    else:
        said = _("“%(name)s” does not work:") % {"name": found.name}
        messages.error(request, f"{said} {words} {detail[:200]}".strip())
    return redirect("channels")


def health_of(channel: Channel) -> Health:
    """What the other side answers; of a channel of many addresses, the one that has waited longest. WireError,
    SealBroken."""
    source = channel.sources.order_by("checked_at").first() if follows_many(channel) else None
    return open_door(channel, source).health()


@require_GET
@page
def unread(request: Asked, channel: int) -> HttpResponse:
    """What came and could not be read, the newest first."""
    found = find(request, channel)
    rows = Receipt.objects.visible_to(request.actor).filter(channel=found, reason="unreadable", end="")
    part = slice_of(rows.defer("content").order_by("-received_at"), request.GET.get("cursor", ""))
    context = {
        "channel": found,
        "rows": [(one, *split_detail(one.detail)) for one in part.rows],
        "following": part.following,
        "reasons": [(code, reason_in_words(code)) for code in UNREAD_REASONS],
        **rights(request),
    }
    return render(request, "channels/unread.html", context)


@require_POST
@may("listen")
def again(request: Asked, channel: int) -> HttpResponse:
    """Puts what could not be read back in line."""
    count = try_again(find(request, channel))
    words = ngettext("%(n)d item is tried again.", "%(n)d items are tried again.", count) % {"n": count}
    messages.success(request, words)
    return redirect("channel_unread", channel)


@require_POST
@may("listen")
def try_one(request: Asked, receipt: int) -> HttpResponse:
    """Puts one of them back in line."""
    found = aside_one(request, receipt)
    try_again(found.channel, only=found.pk)
    messages.success(request, _("It is tried again."))
    return redirect("channel_unread", found.channel_id)


@require_POST
@may("listen")
def drop_one(request: Asked, receipt: int) -> HttpResponse:
    """Gives one of them up, for a reason."""
    found = aside_one(request, receipt)
    try:
        drop_unread(found, by=request.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("Dropped. The ledger keeps its line."))
    except DropRefused:
        messages.error(request, _("This cannot be dropped: it is being tried again, or the reason is none."))
    return redirect("channel_unread", found.channel_id)


def aside_one(request: Asked, receipt: int) -> Receipt:
    """The receipt, if of the actor's organisation: 404 otherwise."""
    return get_object_or_404(Receipt.objects.visible_to(request.actor).select_related("channel"), pk=receipt)


@require_GET
@may("listen")
def raw(request: Asked, receipt: int) -> HttpResponse:
    """The bytes as they came: downloaded, never shown."""
    found = get_object_or_404(Receipt.objects.visible_to(request.actor), pk=receipt)
    audit(request.actor.organisation, request.actor, "read_raw", f"receipt {found.pk}")
    response = HttpResponse(bytes(found.content), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{found.pk}.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response
