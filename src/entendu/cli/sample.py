"""entendu demo: the sample organisation, entered by the same door as real input, gone by one command."""

from typing import Annotated

import typer

from entendu.cli.terminal import Trouble, console, good, ready


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("demo")(demo)


def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serves the pages, with the worker beside.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Removes the sample organisation and all it holds.")
    ] = False,
) -> None:
    """Loads the sample organisation: a bakery chain of forty shops, over the last sixty days."""
    ready(store=False)
    from entendu.cli.install import prepare

    prepare()
    if remove:
        remove_demo()
        return
    open_demo()
    if serve:
        from entendu.cli.serving import serve as serve_pages

        serve_pages(host="", port=0, workers=1, with_worker=True)


def open_demo() -> None:
    """Makes the sample when it is absent, and prints how to sign in."""
    from django.utils.translation import gettext as _

    from entendu.accounts.models import Membership, Organisation
    from entendu.cli.install import one_time_address
    from entendu.demo.organisation import SLUG

    if not Organisation.objects.filter(slug=SLUG).exists():
        load()
    members = Membership.objects.filter(organisation__slug=SLUG).select_related("user").order_by("pk")
    for role, title in (("manager", _("Community manager")), ("admin", _("Administrator"))):
        member = members.filter(role=role).first()
        if member:
            good(_("%(title)s (%(name)s), sign in once at:") % {"title": title, "name": member.user.name})
            console.print(f"  {one_time_address(member.user)}", highlight=False, soft_wrap=True)


def load() -> None:
    """The organisation, its people, channels and queries; then its sixty days, one after the other."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from entendu.cli.sample_days import live_through
    from entendu.cli.sample_house import build_house, look_after
    from entendu.worker.loop import Loop

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        organisation, channels = build_house()
        task = bars.add_task(organisation.name, total=None)
        live_through(organisation, channels, lambda rows: bars.advance(task, rows))
        look_after(organisation)
        Loop().run_once()


def remove_demo() -> None:
    """Removes the sample. Raises Trouble when there is none."""
    from django.utils.translation import gettext as _

    from entendu.accounts.models import Organisation
    from entendu.demo.organisation import SLUG
    from entendu.mentions.sample import remove_sample_and_files

    organisation = Organisation.objects.filter(slug=SLUG).first()
    if organisation is None:
        raise Trouble(_("There is no sample organisation here."))
    good(_("%(n)d rows of the sample are gone.") % {"n": remove_sample_and_files(organisation)})
