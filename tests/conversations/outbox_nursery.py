"""Runs real worker processes on a real store and kills them with SIGKILL. Called by test_outbox_kill.py.

Django is loaded once here; each worker is a fork that opens its own connection. The channels behind the doors, one
for each settle rule, are fake ones: their ledgers, files, are the truth to which the rows are compared.

    python outbox_nursery.py FOLDER
"""

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entendu.settings")
django.setup()

# ruff: noqa: E402 (models can be imported only after the setup)
from django.core.management import call_command
from django.db import connection, transaction

from entendu.accounts.models import Membership, Organisation
from entendu.conversations import doubt, outbox, send
from entendu.conversations import reply as replies
from entendu.conversations.errors import Stale
from entendu.conversations.models import Conversation, Event, Reply
from entendu.conversations.opening import next_number
from fake_channel import FakeDoor
from make import make_channel, make_conversation, make_member, make_organisation

STEPS = ("claimed", "sending", "accepted", "writing", "written")
RULES = ("idempotent", "read_back", "park")
LEASE = timedelta(seconds=2)
DONE = ("sent", "refused", "uncertain")
Doors = dict[str, FakeDoor]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def rule_of(claim: outbox.Claim) -> str:
    return claim.reply.channel.name


def arm(doors: Doors, step: str, rule: str) -> None:
    """This worker will die when it first reaches `step` with a reply of a channel of `rule`."""
    if step in {"sending", "accepted"}:
        doors[rule].during = lambda now: die() if now == step else None
        return
    claim, finish, refresh = send.claim, send.finish, outbox.refresh
    if step == "claimed":

        def claimed(reply: Reply, **values: object) -> object:
            found = claim(reply, **values)
            if found is not None and rule_of(found) == rule:
                die()
            return found

        send.claim = claimed
        return

    def finished(held: outbox.Claim, *args: object, **values: object) -> object:
        if rule_of(held) == rule and step == "writing":  # inside the transaction, before its commit
            outbox.refresh = lambda conversation: (refresh(conversation), die())
        found = finish(held, *args, **values)
        if rule_of(held) == rule:
            die()
        return found

    send.finish = finished


def worker(doors: Doors, step: str = "", rule: str = "") -> int:
    """Forks a worker that runs the two stages until it is killed, or told to end by SIGTERM."""
    nursery = os.getpid()
    connection.close()  # a connection must not be shared by two processes
    if pid := os.fork():
        return pid
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    arm(doors, step, rule)
    while not stopped and os.getppid() == nursery:
        worked = send.send_waiting(20, lease=LEASE) + doubt.settle_doubtful(20, lease=LEASE)
        if not worked:
            time.sleep(0.02)
    os._exit(0)


def compose(author: Membership, conversations: list[Conversation], number: int) -> None:
    """Writes a reply; reads the conversation anew, as a person would, where a worker told news while it was written."""
    conversation = conversations[number % len(conversations)]
    while True:
        conversation.refresh_from_db()
        try:
            replies.reply(
                conversation,
                by=author,
                text=f"reply {number}",
                visibility="public",
                seen_version=conversation.version,
            )
        except Stale:
            continue
        return


def finish_all(doors: Doors) -> None:
    pid = worker(doors)
    while Reply.objects.exclude(state__in=DONE).exists():
        time.sleep(0.05)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def kill_at_each_step(doors: Doors, author: Membership, conversations: list[Conversation]) -> dict[str, int]:
    kills, written = 0, len(conversations)
    for number in range(written):
        compose(author, conversations, number)
    for rule in RULES:
        for step in STEPS:
            _pid, status = os.waitpid(worker(doors, step, rule), 0)
            kills += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    finish_all(doors)
    return {"written": written, "kills": kills}


def kill_at_random(doors: Doors, author: Membership, conversations: list[Conversation]) -> dict[str, int]:
    """Two workers; one after the other is killed while the queue is kept full."""
    chance, kills, number = random.Random(7), 0, 0
    workers = [worker(doors), worker(doors)]
    while kills < int(os.environ.get("KILLS", "20")):
        waiting = Reply.objects.filter(state="queued").count()
        for _more in range(max(0, 6 - waiting)):
            compose(author, conversations, number)
            number += 1
        time.sleep(chance.uniform(0.01, 0.06))
        victim = workers.pop(0)
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        workers.append(worker(doors))
        kills += 1
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    finish_all(doors)
    return {"written": number, "kills": kills}


def number_at_once(organisation: Organisation, folder: Path) -> list[int]:
    """Three processes take numbers at the same time; what they took."""
    children = []
    for name in "abc":
        connection.close()
        if pid := os.fork():
            children.append(pid)
            continue
        taken = [str(next_number(organisation)) for _turn in range(40)]
        (folder / f"numbers-{name}").write_text(" ".join(taken))
        os._exit(0)
    for pid in children:
        os.waitpid(pid, 0)
    return [int(one) for name in "abc" for one in (folder / f"numbers-{name}").read_text().split()]


def fates(doors: Doors) -> list[list[object]]:
    """For each reply: its rule, its state, what was told of it, how often its channel has it."""
    told: dict[int, list[str]] = {}
    for kind, data in Event.objects.filter(kind__in=DONE).order_by("id").values_list("kind", "data"):
        told.setdefault(data["reply"], []).append(kind)
    posts = {rule: [post["key"] for post in door.posts()] for rule, door in doors.items()}
    rows = Reply.objects.select_related("channel").order_by("id")
    return [
        [one.channel.name, one.state, told.get(one.pk, []), posts[one.channel.name].count(one.key)]
        for one in rows
    ]


def main(folder: str) -> None:
    call_command("migrate", verbosity=0, skip_checks=True)
    doors = {
        rule: FakeDoor(Path(folder) / rule, rule, lag=0.3 if rule == "read_back" else 0.0) for rule in RULES
    }
    outbox.FIRST_WAIT = 0.05
    send.open_door = replies.open_door = lambda channel: doors[channel.name]
    found: dict[str, object] = {}
    with transaction.atomic():
        organisation = make_organisation("levain", "Levain")
        author = make_member(organisation, "Alice Roy", "agent")
        channels = [make_channel(organisation, rule) for rule in RULES]
        conversations = [make_conversation(channels[n % 3], "Hello", f"author{n}") for n in range(45)]
    for name, run in (("steps", kill_at_each_step), ("random", kill_at_random)):
        found[name] = run(doors, author, conversations) | {"fates": fates(doors)}
        Reply.objects.all().delete()
    found["numbers"] = number_at_once(organisation, Path(folder))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
