"""Team and Skill: who works together, and who is apt at what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models.membership import Membership
from entendu.accounts.models.organisation import Organisation
from entendu.accounts.scope import Scoped


class Team(Scoped):
    """People who share a queue: a shop, a trade, a language."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("team")
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(Scoped):
    """A member's place in a team."""

    scope_path = "team__organisation"
    team = models.ForeignKey(Team, models.CASCADE, related_name="places")
    member = models.ForeignKey(Membership, models.CASCADE, related_name="places")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "member"], name="team_place_once")]

    def __str__(self) -> str:
        return f"{self.member} · {self.team}"


class Skill(Scoped):
    """Somebody is apt at a topic (its slug: topics live above this app) or a language."""

    scope_path = "member__organisation"
    member = models.ForeignKey(Membership, models.CASCADE, related_name="skills")
    subject = models.CharField(_("subject"), max_length=80)
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("skill")
        constraints = [models.UniqueConstraint(fields=["member", "subject"], name="skill_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.subject}"
