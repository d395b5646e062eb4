"""Members, roles, skills, teams, and the trail: for administrators only."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.invite import invite
from entendu.accounts.members import (
    MemberRefused,
    add_member,
    change_role,
    remove_member,
    remove_team,
    set_skills,
    set_team,
)
from entendu.accounts.models import Audit, Membership, Role, Team, TeamMember
from entendu.accounts.paging import slice_of
from entendu.analysis.models import Topic
from entendu.web.access import Asked, may
from entendu.web.team.words import REFUSALS, ROLES, VERBS

LANGUAGES = ("fr", "en")


@require_GET
@may("administer")
def team(request: Asked) -> HttpResponse:
    """Who works here."""
    return _page(request)


@require_POST
@may("administer")
def add(request: Asked) -> HttpResponse:
    """A new member, and the link that lets him or her in, shown this once."""
    typed = {name: request.POST.get(name, "").strip() for name in ("email", "name", "role", "language")}
    try:
        validate_email(typed["email"])
        member = add_member(
            request.actor.organisation,
            email=typed["email"],
            name=typed["name"],
            role=typed["role"],
            language=typed["language"] if typed["language"] in LANGUAGES else "",
            by=request.actor,
        )
    except ValidationError:
        return _page(request, typed=typed, error="bad_email")
    except MemberRefused as refusal:
        return _page(request, typed=typed, error=refusal.code)
    messages.success(request, _("%(name)s works here now.") % {"name": member.user})
    try:
        return _page(request, member=member, link=_link(request, member))
    except MemberRefused as refusal:
        messages.info(request, str(REFUSALS[refusal.code]))
        return redirect("team")


@require_POST
@may("administer")
def link(request: Asked, member: int) -> HttpResponse:
    """Another way in for a member, shown this once."""
    found = _find(request, member)
    try:
        return _page(request, member=found, link=_link(request, found))
    except MemberRefused as refusal:
        messages.error(request, str(REFUSALS[refusal.code]))
        return redirect("team")


@require_POST
@may("administer")
def role(request: Asked, member: int) -> HttpResponse:
    """Another role."""
    wanted = request.POST.get("role", "")
    return _do(request, member, lambda one: change_role(one, by=request.actor, role=wanted), _("Kept."))


@require_POST
@may("administer")
def skills(request: Asked, member: int) -> HttpResponse:
    """What a member is apt at: topics."""
    known = set(Topic.objects.visible_to(request.actor).values_list("slug", flat=True))
    chosen = [slug for slug in request.POST.getlist("skill") if slug in known]
    return _do(request, member, lambda one: set_skills(one, by=request.actor, subjects=chosen), _("Kept."))


@require_POST
@may("administer")
def remove(request: Asked, member: int) -> HttpResponse:
    """Ends a membership."""
    words = _("Removed. What this person did stays.")
    return _do(request, member, lambda one: remove_member(one, by=request.actor), words)


@require_POST
@may("administer")
def team_set(request: Asked) -> HttpResponse:
    """A team with exactly these members; a new one when its name is new."""
    name = request.POST.get("name", "").strip()[:80]
    wanted = [pk for pk in request.POST.getlist("member") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    if not name:
        messages.error(request, _("A team needs a name."))
        return redirect("team")
    members = list(Membership.objects.visible_to(request.actor).filter(pk__in=wanted).select_related("user"))
    set_team(request.actor.organisation, name=name, members=members, by=request.actor)
    messages.success(request, _("Kept."))
    return redirect("team")


@require_POST
@may("administer")
def team_remove(request: Asked, team: int) -> HttpResponse:
    """Ends a team; its members stay."""
    rows = Team.objects.visible_to(request.actor).select_related("organisation")
    remove_team(get_object_or_404(rows, pk=team), by=request.actor)
    messages.success(request, _("The team is gone; its members stay."))
    return redirect("team")


@require_GET
@may("administer")
def trail(request: Asked) -> HttpResponse:
    """Who changed what, the newest first."""
    rows = Audit.objects.visible_to(request.actor).select_related("by").order_by("-at")
    part = slice_of(rows, request.GET.get("cursor", ""))
    shown = [(one, VERBS.get(one.verb, one.verb), _said(one)) for one in part.rows]
    return render(request, "team/trail.html", {"rows": shown, "following": part.following})


def _said(one: Audit) -> list[tuple[str, str]]:
    """The values of an act, nested ones as “name: value, …”."""
    return [
        (name, _plain(value)[:400]) for name, value in one.data.items() if value not in ("", None, [], {})
    ]


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _find(request: Asked, member: int) -> Membership:
    rows = Membership.objects.visible_to(request.actor).select_related("user", "organisation")
    return get_object_or_404(rows, pk=member)


def _do(request: Asked, member: int, verb: Callable[[Membership], object], words: str) -> HttpResponse:
    try:
        verb(_find(request, member))
        messages.success(request, words)
    except MemberRefused as refusal:
        messages.error(request, str(REFUSALS[refusal.code]))
    return redirect("team")


def _link(request: Asked, member: Membership) -> str:
    token = invite(member, by=request.actor)
    return f"{settings.BASE_URL}{reverse('enter', args=[token])}"


def _page(
    request: Asked,
    *,
    typed: dict[str, str] | None = None,
    error: str = "",
    member: Membership | None = None,
    link: str = "",
) -> HttpResponse:
    actor = request.actor
    places = TeamMember.objects.visible_to(actor).select_related("team")
    members = Membership.objects.visible_to(actor).select_related("user")
    with_all = members.prefetch_related("skills", Prefetch("places", places)).order_by("user__name", "pk")
    teams = Team.objects.visible_to(actor).prefetch_related(
        Prefetch("places", TeamMember.objects.visible_to(actor).select_related("member__user"))
    )
    context = {
        "members": [(one, {skill.subject for skill in one.skills.all()}) for one in with_all],
        "teams": [
            (one, {place.member_id for place in one.places.all()}, list(one.places.all()))
            for one in teams.order_by("name")
        ],
        "topics": list(Topic.objects.visible_to(actor).order_by("slug")),
        "roles": [(code, label, ROLES[code]) for code, label in Role.choices],
        "typed": typed or {},
        "error": REFUSALS.get(error, error),
        "invited": member,
        "link": link,
    }
    response = render(request, "team/team.html", context, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


PATHS = [
    path("team/", team, name="team"),
    path("team/add/", add, name="member_add"),
    path("team/trail/", trail, name="trail"),
    path("team/members/<int:member>/link/", link, name="member_link"),
    path("team/members/<int:member>/role/", role, name="member_role"),
    path("team/members/<int:member>/skills/", skills, name="member_skills"),
    path("team/members/<int:member>/remove/", remove, name="member_remove"),
    path("team/teams/", team_set, name="team_set"),
    path("team/teams/<int:team>/remove/", team_remove, name="team_remove"),
]
