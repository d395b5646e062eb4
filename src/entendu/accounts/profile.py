"""What a user says of himself or herself."""

from django.conf import settings

from entendu.accounts.models import User

THEMES = ("light", "dark", "system")


class BadProfile(ValueError):
    """A value cannot be kept; `code` says why: empty · bad_language · bad_theme."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def change_profile(
    user: User, *, name: str | None = None, language: str | None = None, theme: str | None = None
) -> User:
    """Changes the name that customers see, the language and the theme of the pages. Raises BadProfile."""
    if name is not None and not name.strip():
        raise BadProfile("empty")
    if language is not None and language not in dict(settings.LANGUAGES):
        raise BadProfile("bad_language")
    if theme is not None and theme not in THEMES:
        raise BadProfile("bad_theme")
    user.name = user.name if name is None else name.strip()[:120]
    user.language = language or user.language
    user.theme = theme or user.theme
    user.save(update_fields=["name", "language", "theme"])
    return user
