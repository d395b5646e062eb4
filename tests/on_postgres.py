"""Runs the suite again on PostgreSQL, in a cluster made for it in a temporary folder and removed after.

Left out there: the pages and the real servers, whose tests do not depend on the store.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").exists() else []


def main() -> int:
    binaries = FOLDERS[-1] if FOLDERS else Path(shutil.which("initdb") or "/absent/initdb").parent
    if not (binaries / "initdb").exists():
        print(
            "PostgreSQL is not installed: its half of the suite is skipped (Debian: apt-get install postgresql)."
        )
        return 1 if os.environ.get("CI") else 0
    with tempfile.TemporaryDirectory(prefix="entendu-pg-") as folder:
        cluster = Cluster(binaries, Path(folder))
        cluster.start()
        try:
            environment = os.environ | {
                "ENTENDU_TEST_DATABASE_URL": cluster.url,
                "ENTENDU_DATABASE_URL": cluster.url,
            }
            return subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-n",
                    "auto",
                    "--dist",
                    "loadfile",
                    "-m",
                    "not pages and not peers",
                    "--ignore=tests/rules",
                    "--ignore=tests/reading",
                    "--ignore=tests/kit",
                    *sys.argv[1:],
                ],
                env=environment,
            ).returncode
        finally:
            cluster.stop()


class Cluster:
    """A PostgreSQL server of our own, on the loopback, without durability: for tests only."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.data = binaries, folder / "data"
        self.as_user: list[str] = []
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://entendu@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self.as_user, str(self.binaries / program), *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        self.run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "entendu",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -k {self.data}"
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.data / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")


if __name__ == "__main__":
    sys.exit(main())
