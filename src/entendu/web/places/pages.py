"""The sites, the newest first; one click follows one, or says that it needs no following."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.paging import slice_of
from entendu.analysis.follow import FollowRefused, channels_of, follow, ignore
from entendu.analysis.models import Site
from entendu.channels.models import Channel
from entendu.channels.words import in_words
from entendu.kit import clock
from entendu.web.access import Asked, may, page

NEW = 30  # days
VIEWS = {
    "": gettext_lazy("All places"),
    "open": gettext_lazy("Not followed"),
    "ignored": gettext_lazy("Ignored"),
}
REFUSALS = {
    "not_yours": gettext_lazy("This site is not known here."),
    "not_allowed": gettext_lazy("Your role does not allow this."),
    "followed": gettext_lazy("This site is followed already."),
}


@dataclass(frozen=True)
class Line:
    """A site as the page shows it. `heard_by`: (channel, how many); `negative`: its share in percent."""

    it: Site
    new: bool
    channel: Channel | None
    heard_by: list[tuple[str, int]]
    negative: int
    positive: int
    url: str
    week_url: str
    links_url: str


@require_GET
@page
def places(request: Asked) -> HttpResponse:
    """Where we are spoken of, the sites first heard of late first."""
    view = request.GET.get("view", "")
    found = filtered(Site.objects.visible_to(request.actor), view).select_related("ignored_by")
    part = slice_of(found.order_by("-first_heard_at"), request.GET.get("cursor", ""))
    listening = channels_of(part.rows)
    names = dict(Channel.objects.visible_to(request.actor).values_list("pk", "name"))
    context = {
        "lines": [line_of(one, listening.get(one.pk), names) for one in part.rows],
        "following": part.following,
        "view": view if view in VIEWS else "",
        "views": VIEWS.items(),
        "can_follow": request.actor.may("administer"),
        "can_ignore": request.actor.may("listen"),
    }
    return render(request, "places/places.html", context)


@require_POST
@may("administer")
def follow_(request: Asked, site: int) -> HttpResponse:
    """Opens a channel there."""
    found = get_object_or_404(Site.objects.visible_to(request.actor).select_related("organisation"), pk=site)
    try:
        channel = follow(found, by=request.actor)
        messages.success(request, _("“%(name)s” is followed from now on.") % {"name": channel.name})
    except FollowRefused as refusal:
        messages.error(request, in_sentence(found, refusal))
    return redirect("places")


@require_POST
@may("listen")
def ignore_(request: Asked, site: int) -> HttpResponse:
    """This site needs no following; with `undo`, it may again."""
    found = get_object_or_404(Site.objects.visible_to(request.actor), pk=site)
    undo = "undo" in request.POST
    try:
        ignore(found, by=request.actor, on=not undo)
        said = (
            _("“%(name)s” is noticed again.")
            if undo
            else _("“%(name)s” is ignored. What is said there is still heard.")
        )
        messages.success(request, said % {"name": found.host})
    except FollowRefused as refusal:
        messages.error(request, in_sentence(found, refusal))
    return redirect("places")


def filtered(sites: QuerySet[Site], view: str) -> QuerySet[Site]:
    """The sites of a view. Those that were opened from here, or ignored, are decided."""
    if view == "open":
        return sites.filter(ignored_at__isnull=True, channel__isnull=True)
    return sites.filter(ignored_at__isnull=False) if view == "ignored" else sites


def line_of(site: Site, channel: Channel | None, names: dict[int, str]) -> Line:
    """A site with its channels by name and the addresses that its numbers open."""
    read = site.negative_30 + site.neutral_30 + site.positive_30
    stream, since = reverse("listen"), timezone.localtime(clock.now()).date() - timedelta(days=6)
    return Line(
        it=site,
        new=(clock.now() - site.first_heard_at).days < NEW,
        channel=channel,
        heard_by=[(names[pk], n) for pk, n in site.channels if pk in names],
        negative=round(100 * site.negative_30 / read) if read else 0,
        positive=round(100 * site.positive_30 / read) if read else 0,
        url=f"{stream}?site={site.pk}",
        week_url=f"{stream}?site={site.pk}&since={since}",
        links_url=f"{stream}?site={site.pk}&linking=yes",
    )


def in_sentence(site: Site, refusal: FollowRefused) -> str:
    """Why nothing was done."""
    if refusal.code != "no_feed":
        return str(REFUSALS[refusal.code])
    code, _space, detail = refusal.detail.partition(" ")
    why = f" {in_words(code)}" if code else ""
    said = _("No feed was found on %(name)s: nothing was opened.") % {"name": site.host}
    return f"{said}{why} {detail}".strip()


PATHS = [
    path("places/", places, name="places"),
    path("places/<int:site>/follow/", follow_, name="place_follow"),
    path("places/<int:site>/ignore/", ignore_, name="place_ignore"),
]
