"""Who works here: organisations, users, their roles, teams and skills, and the trail of what they changed."""

from entendu.accounts.models.access import ApiToken, SignInLink
from entendu.accounts.models.audit import Audit
from entendu.accounts.models.letter import Letter, LetterState
from entendu.accounts.models.membership import Membership, Role
from entendu.accounts.models.organisation import Organisation
from entendu.accounts.models.team import Skill, Team, TeamMember
from entendu.accounts.models.user import User

__all__ = [
    "ApiToken",
    "Audit",
    "Letter",
    "LetterState",
    "Membership",
    "Organisation",
    "Role",
    "SignInLink",
    "Skill",
    "Team",
    "TeamMember",
    "User",
]
