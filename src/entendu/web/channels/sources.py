"""The addresses that a channel follows: listed, found on a site, taken from a list, followed no more."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.paging import slice_of
from entendu.channels.discover import find_addresses, has_lists, read_list, with_scheme, write_list
from entendu.channels.doors import follows_many
from entendu.channels.follow import TooMany, follow, look_at, unfollow
from entendu.channels.hub import tells_us
from entendu.channels.models import Channel, Source
from entendu.channels.words import in_words
from entendu.web.access import Asked, may, page
from entendu.web.channels.pages import TINTS, find, picked_of, rights
from entendu.wire import Address, WireError

MOST_LINES = 1000
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Line:
    """A followed address as the list shows it."""

    it: Source
    tint: str
    trouble: str
    told: bool


@require_GET
@page
def sources(request: Asked, channel: int) -> HttpResponse:
    """What a channel follows, and how each address is."""
    found = find(request, channel)
    if not follows_many(found):
        return redirect("channels")
    return show(request, found)


def show(
    request: Asked, channel: Channel, *, choice: tuple[Address, ...] = (), typed: str = "", error: str = ""
) -> HttpResponse:
    """The page; with the feeds found on a site to choose from, or with what was typed and why it does not do."""
    rows = of(request, channel)
    troubled = rows.exclude(state="ok")
    q, only = request.GET.get("q", "").strip()[:200], request.GET.get("trouble") == "1"
    wanted = troubled if only else rows
    if q:
        wanted = wanted.filter(address__icontains=q) | wanted.filter(title__icontains=q)
    part = slice_of(
        wanted.select_related("endpoint__subscription").order_by("-added_at"), request.GET.get("cursor", "")
    )
    context = {
        "channel": channel,
        "count": rows.count(),
        "troubled": troubled.count(),
        "lines": [line_of(one) for one in part.rows],
        "following": part.following,
        "q": q,
        "only": only,
        "choice": choice,
        "typed": typed,
        "error": error,
        "has_lists": has_lists(channel.kind),
        **rights(request),
    }
    return render(request, "channels/sources.html", context, status=422 if error else 200)


@require_POST
@may("administer")
def follow_more(request: Asked, channel: int) -> HttpResponse:
    """Follows what was typed, one address a line. One address alone is looked at first: when a site has several feeds,
    they are shown to choose from. `pick`: what was chosen."""
    found = find_many(request, channel)
    picked = picked_of(request.POST.getlist("pick")[:MOST_LINES])
    typed = request.POST.get("addresses", "")
    lines = [with_scheme(line) for line in typed.splitlines() if line.strip()][:MOST_LINES]
    if not picked and len(lines) == 1 and has_lists(found.kind):
        try:
            choice = find_addresses(found.kind, lines[0])
        except WireError as error:
            return show(request, found, typed=typed, error=in_words(error.code))
        if len(choice) > 1:
            return show(request, found, choice=choice, typed=typed)
        return _follow(request, found, choice)
    if not picked and not lines:
        return show(request, found, error=_("Type an address, or several, one a line."))
    return _follow(request, found, picked or tuple(Address(one) for one in lines))


@require_POST
@may("administer")
def take_list(request: Asked, channel: int) -> HttpResponse:
    """Follows all addresses of a list that another tool exported."""
    found = find_many(request, channel)
    file = request.FILES.get("list")
    if not isinstance(file, UploadedFile) or not file.size:
        return show(request, found, error=_("Choose a file."))
    if file.size > MOST_BYTES:
        return show(request, found, error=in_words("opml_too_large"))
    try:
        listed = read_list(found.kind, file.read())
    except WireError as error:
        return show(request, found, error=in_words(error.code))
    return _follow(request, found, listed)


@require_GET
@page
def give_list(request: Asked, channel: int) -> HttpResponse:
    """All that a channel follows, as a file that other tools read."""
    found = find_many(request, channel)
    rows = of(request, found).order_by("folder", "title", "pk").values_list("address", "title", "folder")
    try:
        data = write_list(found.kind, [Address(*row) for row in rows], found.name)
    except WireError as error:
        messages.error(request, in_words(error.code))
        return redirect("channel_sources", found.pk)
    response = HttpResponse(data, content_type="text/x-opml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entendu-{found.pk}.opml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@may("administer")
def remove(request: Asked, source: int) -> HttpResponse:
    """Follows an address no more."""
    found = get_object_or_404(Source.objects.visible_to(request.actor), pk=source)
    unfollow(Source.objects.visible_to(request.actor).filter(pk=found.pk), by=request.actor)
    messages.success(request, _("No longer followed. What was heard stays."))
    return redirect("channel_sources", found.channel_id)


@require_POST
@may("listen")
def look(request: Asked, source: int) -> HttpResponse:
    """Asks the worker for a look as soon as the host may be asked."""
    found = get_object_or_404(Source.objects.visible_to(request.actor), pk=source)
    look_at(Source.objects.visible_to(request.actor).filter(pk=found.pk))
    messages.success(request, _("The worker looks there as soon as this host may be asked."))
    return redirect("channel_sources", found.channel_id)


def of(request: Asked, channel: Channel) -> QuerySet[Source]:
    """The addresses of a channel, of those that the actor may see."""
    return Source.objects.visible_to(request.actor).filter(channel=channel)


def find_many(request: Asked, channel: int) -> Channel:
    """The channel, if it is the actor's: 404 otherwise; 404 too when it does not follow addresses."""
    found = find(request, channel)
    if not follows_many(found):
        raise Http404
    return found


def line_of(source: Source) -> Line:
    """A row with its words."""
    trouble = in_words(source.state_code) if source.state_code and source.state != "ok" else ""
    return Line(source, TINTS.get(source.state, "grey"), trouble, tells_us(source))


def _follow(request: Asked, channel: Channel, addresses: tuple[Address, ...]) -> HttpResponse:
    try:
        done = follow(channel, addresses, by=request.actor)
    except TooMany:
        return show(request, channel, error=_("A channel follows at most 20,000 addresses."))
    if done.new:
        said = ngettext("%(n)d address is followed.", "%(n)d addresses are followed.", done.new)
        messages.success(request, said % {"n": done.new})
    if done.known:
        said = ngettext(
            "%(n)d was followed already.", "%(n)d were followed already.", done.known
        )  # fmt: skip
        messages.info(request, said % {"n": done.known})
    if done.refused:
        names = ", ".join(done.refused[:5])
        messages.error(request, _("These are no addresses of the web: %(names)s") % {"names": names})
    return redirect("channel_sources", channel.pk)
