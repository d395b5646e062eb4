"""From a user to the members that he or she is."""

from entendu.accounts.models import Membership, User


def places_of(user: User) -> list[Membership]:
    """Where `user` works, the first joined first, with organisation and user loaded."""
    places = Membership.objects.filter(user=user).select_related("organisation", "user")
    return list(places.order_by("since", "id"))
