"""entendu init · doctor: makes an installation, and checks it."""

from typing import Annotated

import typer

from entendu.cli.terminal import Trouble, complain, console, good, print_json, ready


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("init")(init)
    app.command("doctor")(doctor)


def init(
    organisation: Annotated[str, typer.Option(help="Name of the first organisation.")] = "",
    email: Annotated[str, typer.Option(help="E-mail of its first administrator.")] = "",
    name: Annotated[str, typer.Option(help="Name of that person.")] = "",
    language: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    timezone: Annotated[str, typer.Option(help="Time zone, such as Europe/Paris.")] = "UTC",
) -> None:
    """Creates the store or brings it up to date; with --organisation and --email, opens the first organisation."""
    ready(store=False)
    from django.conf import settings
    from django.utils.translation import gettext as _

    prepare()
    good(_("The store is ready in %(home)s") % {"home": settings.HOME})
    if organisation or email:
        open_first(organisation, email, name, language, timezone)


def prepare() -> None:
    """Migrates the store and puts the static files in the home folder."""
    from django.core.management import call_command

    from entendu.worker.loop import Loop

    call_command("migrate", verbosity=0, interactive=False)
    Loop().tune()  # a table that a migration made anew has lost what SQLite knew of it
    call_command("collectstatic", verbosity=0, interactive=False)


def open_first(organisation: str, email: str, name: str, language: str, timezone: str) -> None:
    """Opens an organisation and prints its administrator's one-time address. Raises Trouble."""
    import zoneinfo

    from django.utils.text import slugify
    from django.utils.translation import gettext as _

    from entendu.accounts.members import MemberRefused, add_member, make_organisation

    if not (organisation and email):
        raise Trouble(_("--organisation and --email go together."))
    if timezone not in zoneinfo.available_timezones():
        raise Trouble(_("%(zone)s is not a time zone; Europe/Paris is one.") % {"zone": timezone})
    try:
        made = make_organisation(
            slugify(organisation)[:50] or "organisation", organisation, language=language, timezone=timezone
        )
        member = add_member(
            made, email=email, name=name or email.split("@")[0], role="admin", language=language
        )
    except MemberRefused as refused:
        raise Trouble(_("This organisation is there already.")) from refused
    good(_("Sign in once at %(address)s") % {"address": one_time_address(member.user)})


def one_time_address(user: object) -> str:
    """An address that lets `user` in, once, for a day."""
    from django.conf import settings

    from entendu.accounts.models import User
    from entendu.accounts.sign_in import make_link

    if not isinstance(user, User):
        raise TypeError("a User is wanted")
    return f"{settings.BASE_URL}/enter/{make_link(user)}/"


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Checks the installation: store, files, keys, disk, doors, mail. Exit status 1 when something is wrong."""
    ready(store=False)
    from entendu.cli.checks import examine

    findings = examine()
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            (good if finding.ok else complain)(f"{finding.title}: {finding.text}")
        console.print()
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
