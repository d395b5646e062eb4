"""One-time links, tokens and memberships: refused first, then let in."""

from datetime import timedelta

import pytest

from entendu.accounts.members import MemberRefused, add_member, change_role, remove_member
from entendu.accounts.models import ApiToken, Audit, Membership, Organisation, SignInLink, User
from entendu.accounts.sample import remove_sample
from entendu.accounts.sign_in import make_link, use_link
from entendu.accounts.tokens import make_token, member_of, revoke_token
from entendu.kit import clock


def test_a_link_that_is_unknown_used_or_old_lets_nobody_in(alice: Membership) -> None:
    assert use_link("nothing") is None
    token = make_link(alice.user)
    assert use_link(token) == alice.user
    assert use_link(token) is None
    old = make_link(alice.user)
    with clock.at(clock.now() + timedelta(days=2)):
        assert use_link(old) is None


def test_a_link_of_somebody_who_left_lets_nobody_in(alice: Membership) -> None:
    token = make_link(alice.user)
    User.objects.filter(pk=alice.user_id).update(is_active=False)
    assert use_link(token) is None


def test_no_secret_of_a_way_in_is_kept(alice: Membership) -> None:
    link, token = make_link(alice.user), make_token(alice, name="script")
    assert link not in str(SignInLink.objects.values())
    assert token not in str(ApiToken.objects.values())


def test_a_token_that_is_unknown_or_revoked_acts_for_nobody(alice: Membership) -> None:
    assert member_of("ent_nothing") is None
    token = make_token(alice, name="script")
    assert member_of(token) == alice
    revoke_token(ApiToken.objects.get(), by=alice)
    assert member_of(token) is None


def test_a_token_dies_with_its_member(alice: Membership, admin: Membership) -> None:
    token = make_token(alice, name="script")
    remove_member(alice, by=admin)
    assert member_of(token) is None


def test_the_last_administrator_stays_one(admin: Membership) -> None:
    with pytest.raises(MemberRefused, match="last_admin"):
        change_role(admin, by=admin, role="agent")
    with pytest.raises(MemberRefused, match="last_admin"):
        remove_member(admin, by=admin)


@pytest.mark.parametrize(("email", "name", "role", "code"), [
    ("a@b.example", "A", "emperor", "bad_role"), ("", "A", "agent", "empty"), ("a@b.example", " ", "agent", "empty"),
])  # fmt: skip
def test_a_member_without_sense_is_refused(
    organisation: Organisation, email: str, name: str, role: str, code: str
) -> None:
    with pytest.raises(MemberRefused, match=code):
        add_member(organisation, email=email, name=name, role=role)


def test_a_member_is_added_once_and_the_trail_says_by_whom(
    organisation: Organisation, admin: Membership
) -> None:
    member = add_member(
        organisation, email="Zoe@Levain.example", name="Zoé", role="expert", by=admin, skills=["pain"]
    )
    assert member.user.email == "zoe@levain.example"
    assert [skill.subject for skill in member.skills.all()] == ["pain"]
    with pytest.raises(MemberRefused, match="taken"):
        add_member(organisation, email="zoe@levain.example", name="Zoé", role="agent")
    assert Audit.objects.get(verb="add_member", target="zoe@levain.example").by == admin.user


def test_real_work_is_never_removed_as_a_sample(organisation: Organisation, admin: Membership) -> None:
    with pytest.raises(MemberRefused, match="not_sample"):
        remove_sample(organisation, by=admin)
    assert Organisation.objects.filter(pk=organisation.pk).exists()


def test_a_sample_goes_with_its_people_and_leaves_whoever_works_elsewhere(
    organisation: Organisation, alice: Membership, elsewhere: Organisation
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(is_sample=True)
    organisation.refresh_from_db()
    both = add_member(elsewhere, email="both@levain.example", name="Both", role="agent")
    Membership.objects.create(user=both.user, organisation=organisation, role="reader")
    remove_sample(organisation)
    assert not User.objects.filter(pk=alice.user_id).exists()
    assert User.objects.filter(pk=both.user_id).exists()
