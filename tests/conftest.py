"""The cast: Alice (agent) and Bob (reader) work together; Charlie works elsewhere and must see nothing."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("ENTENDU_HOME", tempfile.mkdtemp(prefix="entendu-test-"))
if url := os.environ.get("ENTENDU_TEST_DATABASE_URL"):
    os.environ["ENTENDU_DATABASE_URL"] = url
else:
    os.environ.pop("ENTENDU_DATABASE_URL", None)

import pytest
from django.conf import settings

from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from make import make_channel, make_member, make_organisation

HOME = Path(os.environ["ENTENDU_HOME"])
if (
    settings.HOME != HOME
):  # the settings were read before this file: nothing of a test lands in somebody's real home
    settings.HOME, settings.FILES_DIR, settings.STATIC_ROOT = HOME, HOME / "files", HOME / "static"
    settings.SECRET_KEYS_FILE = HOME / "keys" / "channels.key"
    settings.SECRET_KEYS_FILE.parent.mkdir(exist_ok=True)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return make_organisation("levain", "Maison Levain")


@pytest.fixture
def alice(organisation: Organisation) -> Membership:
    return make_member(organisation, "Alice Roy", "agent")


@pytest.fixture
def bob(organisation: Organisation) -> Membership:
    return make_member(organisation, "Bob Martin", "reader")


@pytest.fixture
def manager(organisation: Organisation) -> Membership:
    return make_member(organisation, "Maud Orchestre", "manager")


@pytest.fixture
def admin(organisation: Organisation) -> Membership:
    return make_member(organisation, "Adèle Admin", "admin")


@pytest.fixture
def elsewhere(db: None) -> Organisation:
    return make_organisation("ailleurs", "Ailleurs")


@pytest.fixture
def charlie(elsewhere: Organisation) -> Membership:
    return make_member(elsewhere, "Charlie Strange", "agent")


@pytest.fixture
def channel(organisation: Organisation) -> Channel:
    return make_channel(organisation, "Boîte aux lettres")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI refuses skipped tests: there, everything that they need is installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("CI refuses skipped tests.", red=True)
