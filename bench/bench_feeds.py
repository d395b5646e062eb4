"""Follows a web of feeds, a fake one on this machine: `python bench/bench_feeds.py [--feeds N] [--hosts H]`.

Two rounds through the stage of the loop, on an empty SQLite store: the first look at every feed, then a look at
each again. Prints requests by second of CPU (this process and the children that parse; the fake web is another
process), the share of 304, whether any host was asked twice at once, sooner than a second after its last answer, or
while it had asked for a rest, how long the feeds waited for their look, and the peak of memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from home import fresh_home

HERE = Path(__file__).parent


def cpu() -> float:
    """Seconds of CPU of this process and of the children that ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class Web:
    """The fake web, and its reports."""

    def __init__(self, hosts: int) -> None:
        command = [sys.executable, str(HERE / "fake_web.py"), str(hosts)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        hello = self.read()
        self.port, self.names = hello["port"], hello["names"]

    def read(self) -> dict:
        """The next line that it says."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def report(self) -> dict:
        """What it counted since the last time."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        """Ends it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)


def look_at_all(title: str, web: Web, wanted: int) -> None:
    """Runs the stage until every feed was looked at since now; prints the figures."""
    from entendu.channels.models import Source
    from entendu.kit import child, clock
    from entendu.mentions.models import Receipt
    from entendu.mentions.visit import under_way, visit_due

    child.close_all()
    start, wall, began, looks = cpu(), time.monotonic(), clock.now(), 0
    while True:
        looks += visit_due(1000)
        if not under_way() and not Source.objects.filter(next_check_at__lte=clock.now()).exists():
            break
        if time.monotonic() - wall > 600:
            print("gave up after ten minutes")
            break
    child.close_all()
    used, lasted = cpu() - start, time.monotonic() - wall
    seen = sorted(
        (at - began) / timedelta(seconds=1)
        for at in Source.objects.values_list("checked_at", flat=True)
        if at
    )
    said = web.report()
    requests = said["counts"]["requests"]
    print(f"{title}: {looks} looks, {requests} requests in {lasted:.0f} s, {used:.1f} s of CPU")
    print(
        f"  {requests / used:.0f} requests by second of CPU; 304: {said['counts'].get('304', 0) / requests:.0%}"
    )
    print(
        f"  {said['hosts']} hosts: at most {said['most_at_once']} at once, {said['shortest_gap']} s at least between an"
        f" answer and the next request, {said['during_a_rest']} requests during the rest of"
        f" {said['counts'].get('429', 0)} hosts that asked for one"
    )
    print(
        f"  {said['feeds']} of {wanted} feeds reached, each {said['fewest']} times at least; they waited"
        f" {seen[len(seen) // 2]:.0f} s (median), {seen[int(len(seen) * 0.99)]:.0f} s (p99) for the look"
    )
    print(f"  receipts {Receipt.objects.count()}")
    print(f"  peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    """Two rounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=250)
    given = parser.parse_args()
    web = Web(given.hosts)
    try:
        with fresh_home():
            from django.conf import settings

            from entendu.accounts.models import Organisation
            from entendu.channels.add import add_channel
            from entendu.channels.follow import follow, look_at
            from entendu.kit import clock
            from entendu.wire import Address

            settings.HTTP_ALLOW = [f"{name}:{web.port}" for name in web.names]
            organisation = Organisation.objects.create(slug="b", name="B", created_at=clock.now())
            channel = add_channel(organisation, kind="feed", name="Presse", settings={})
            start = cpu()
            follow(
                channel,
                [
                    Address(f"http://{web.names[n % given.hosts]}:{web.port}/{n}", f"Flux {n}")
                    for n in range(given.feeds)
                ],
            )
            print(f"{given.feeds} feeds on {given.hosts} hosts followed in {cpu() - start:.1f} s of CPU")
            look_at_all("first look", web, given.feeds)
            look_at(channel.sources.all())
            look_at_all("second look", web, given.feeds)
    finally:
        web.close()


if __name__ == "__main__":
    main()
