"""entendu serve · worker: the pages, and the loop behind them."""

import os
import signal
import subprocess
import sys
import threading
from typing import Annotated
from urllib.parse import urlsplit

import typer

from entendu.cli.terminal import console, print_json, ready


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.command("listen")(listen)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at (else that of ENTENDU_BASE_URL).")] = "",
    port: Annotated[int, typer.Option(help="Port (else that of ENTENDU_BASE_URL).")] = 0,
    workers: Annotated[int, typer.Option(help="Processes that serve pages.")] = 1,
    with_worker: Annotated[bool, typer.Option(help="Runs the worker too, as a process beside.")] = False,
) -> None:
    """Serves the pages, the API and the live stream."""
    ready()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.translation import gettext as _
    from granian.constants import Interfaces
    from granian.server import Server

    call_command(
        "collectstatic", verbosity=0, interactive=False
    )  # the assets of this version, whatever was there
    base = urlsplit(settings.BASE_URL)
    local = base.hostname in {"127.0.0.1", "localhost"}
    host = host or (base.hostname if local and base.hostname else "127.0.0.1")
    port = port or base.port or 8000
    beside = subprocess.Popen([sys.executable, "-m", "entendu", "worker"]) if with_worker else None
    console.print(_("Entendu is at %(address)s") % {"address": settings.BASE_URL}, highlight=False)
    server = Server(
        "entendu.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,  # Django speaks no lifespan protocol
        workers=workers,
        websockets=False,
        static_path_route=["/static"],
        static_path_mount=[settings.STATIC_ROOT],
        static_path_expires=86400,
        log_access=False,
        respawn_failed_workers=True,
    )
    try:
        server.serve()
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait(timeout=30)


def worker(
    once: Annotated[bool, typer.Option("--once", help="Treats all that waits, then ends.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --once: what was done, for programs.")
    ] = False,
    with_listener: Annotated[
        bool,
        typer.Option("--listen/--no-listen", help="Hears firehoses too; not when `entendu listen` does."),
    ] = True,
) -> None:
    """Runs the loop: fetch, understand, read, recognise, gather, send, measure."""
    ready()
    from entendu.worker.listen import Listeners
    from entendu.worker.listener import Listener
    from entendu.worker.loop import Loop

    loop = Loop()
    if not once:
        parent = os.getppid()

        def stopped() -> bool:
            return loop.stopped or os.getppid() != parent

        Listeners(stopped).start()
        listener = Listener(stopped).start() if with_listener else None
        loop.run()
        if listener is not None:
            listener.join(timeout=10)  # it gives its channels back
        return
    if as_json:
        print_json(loop.run_once())
        return
    run_with_progress(loop)


def listen() -> None:
    """Hears firehoses, in a process of its own: matched in memory, what concerns nobody is counted and forgotten."""
    ready()
    from entendu.worker.listener import Listener

    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    parent = os.getppid()
    Listener(lambda: over.is_set() or os.getppid() != parent).run()


def run_with_progress(loop: object) -> None:
    """Drains the loop and shows what each stage does."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from entendu.worker.loop import Loop

    if not isinstance(loop, Loop):
        raise TypeError("a Loop is wanted")
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
    ) as bars:
        task = bars.add_task("…")

        def show(stage: str, _count: int) -> None:
            bars.update(task, description=" · ".join(f"{name} {n}" for name, n in loop.done.items()))

        loop.run_once(show)
    console.print(" · ".join(f"{name} {n}" for name, n in loop.done.items()) or "0", highlight=False)
