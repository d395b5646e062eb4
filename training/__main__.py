"""Makes all weights again and prints the figures: `python -m training DATA`. Every step runs in its own process."""

import argparse
import subprocess
import sys
from pathlib import Path

from training.data import HERE

KEPT = ["0", "1", "2", "3"]


def steps(data: str) -> list[list[str]]:
    """The commands, in order: see README.md for what each makes and how long it takes."""
    return [
        ["-m", "training.prune", data],
        ["-m", "training.teacher", data, "--seed", "0", "--name", "teacher-0", "--share", "0.22"],
        ["-m", "training.pool", data, "--teacher", "teacher-0"],
        ["-m", "training.student", data, "--teachers", "teacher-0", "--keep", *KEPT, "--name", "student-0"],
        [
            "-m",
            "training.export",
            data,
            "--name",
            "student-0",
            "--keep",
            *KEPT,
            "--to",
            "student",
            "--version",
            "student-1",
        ],
        ["-m", "training.linear", data],
        ["bench/bench_reading.py", data],
        ["bench/bench_reading.py", data, "--model", "student"],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", help="only the steps whose command holds this word")
    args = parser.parse_args()
    for step in steps(str(args.data.resolve())):
        if args.only is None or args.only in " ".join(step):
            print("$ python", *step, flush=True)
            subprocess.run([sys.executable, *step], check=True, cwd=HERE.parent)


if __name__ == "__main__":
    main()
