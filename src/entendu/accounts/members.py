"""Who works here: organisations, members, teams, skills."""

from collections.abc import Sequence

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation, Role, Skill, Team, TeamMember, User
from entendu.kit import clock


class MemberRefused(ValueError):
    """The change cannot be made; `code` says why: last_admin · bad_role · taken · empty · not_allowed ·
    elsewhere · not_sample."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def make_organisation(
    slug: str, name: str, *, language: str = "fr", timezone: str = "UTC", sample: bool = False
) -> Organisation:
    """A new organisation. Raises MemberRefused("taken")."""
    if Organisation.objects.filter(slug=slug).exists():
        raise MemberRefused("taken")
    organisation = Organisation.objects.create(
        slug=slug, name=name, language=language, timezone=timezone, is_sample=sample, created_at=clock.now()
    )
    audit(organisation, None, "make_organisation", name)
    return organisation


@transaction.atomic
def add_member(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    role: str,
    by: Membership | None = None,
    language: str = "",
    skills: Sequence[str] = (),
) -> Membership:
    """A member; the user is made when the e-mail is new. Raises MemberRefused."""
    if role not in Role.values:
        raise MemberRefused("bad_role")
    if not email.strip() or not name.strip():
        raise MemberRefused("empty")
    email = User.objects.normalize_email(email.strip()).lower()
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name.strip())
    if language and user.memberships.count() == 0:
        user.language = language
        user.save(update_fields=["language"])
    member, made = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": role}
    )
    if not made:
        raise MemberRefused("taken")
    set_skills(member, by=by, subjects=skills)
    audit(organisation, by, "add_member", email, role=role)
    return member


@transaction.atomic
def change_role(member: Membership, *, by: Membership, role: str) -> Membership:
    """Gives a member another role. The last administrator stays one. Raises MemberRefused."""
    if role not in Role.values:
        raise MemberRefused("bad_role")
    _keep_an_admin(member, leaves=role != Role.ADMIN)
    member.role = role
    member.save(update_fields=["role"])
    audit(member.organisation, by, "change_role", member.user.email, role=role)
    return member


@transaction.atomic
def remove_member(member: Membership, *, by: Membership) -> None:
    """Ends a membership. What the person did stays. Raises MemberRefused("last_admin")."""
    _keep_an_admin(member, leaves=True)
    audit(member.organisation, by, "remove_member", member.user.email)
    member.delete()


@transaction.atomic
def set_skills(member: Membership, *, by: Membership | None, subjects: Sequence[str]) -> None:
    """Declares what a member is apt at (topics' slugs)."""
    wanted = {subject.strip()[:80] for subject in subjects if subject.strip()}
    member.skills.exclude(subject__in=wanted).delete()
    for subject in sorted(wanted - set(member.skills.values_list("subject", flat=True))):
        Skill.objects.create(member=member, subject=subject)


@transaction.atomic
def set_team(
    organisation: Organisation, *, name: str, members: Sequence[Membership], by: Membership | None
) -> Team:
    """Makes the team `name`, or gives it exactly these members."""
    team, _ = Team.objects.get_or_create(organisation=organisation, name=name.strip()[:80])
    team.places.exclude(member__in=members).delete()
    for member in members:
        TeamMember.objects.get_or_create(team=team, member=member)
    audit(organisation, by, "set_team", team.name, members=[member.user.email for member in members])
    return team


@transaction.atomic
def remove_team(team: Team, *, by: Membership) -> None:
    """Ends a team; its members stay."""
    audit(team.organisation, by, "remove_team", team.name)
    team.delete()


def _keep_an_admin(member: Membership, *, leaves: bool) -> None:
    others = Membership.objects.filter(organisation=member.organisation, role=Role.ADMIN).exclude(
        pk=member.pk
    )
    if leaves and member.role == Role.ADMIN and not others.exists():
        raise MemberRefused("last_admin")
