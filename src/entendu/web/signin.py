"""Sign-in: what the library lets us decide."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from entendu.channels.seal import SealBroken, seal_bytes, unseal_bytes


class NoSignUpAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by himself: people are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class SealedMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of second factors are sealed with the installation's keys: the store alone lets nobody in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "seal_broken": _(
            "Your second factor cannot be opened with the keys of this installation: ask whoever runs it."
        )
    }

    def encrypt(self, text: str) -> str:
        """The sealed secret, as text."""
        return seal_bytes(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The secret. Raises ValidationError when it was sealed with other keys, or never: it opens nothing then."""
        try:
            return unseal_bytes(encrypted_text.encode()).decode()
        except SealBroken as broken:
            raise self.validation_error("seal_broken") from broken
