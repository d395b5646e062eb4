"""Makes all weights again and prints the figures: `python -m training DATA`. Every step runs in its own process."""

import argparse
import subprocess
import sys
from pathlib import Path

from training.data import HERE

STUDENT = ["0", "1", "2", "3"]
TEACHER = [str(layer) for layer in range(12)]


def steps(data: str) -> list[list[str]]:
    """The commands, in order: see README.md for what each makes."""

    def export(name: str, kept: list[str], to: str) -> list[str]:
        return [
            "-m",
            "training.export",
            data,
            "--name",
            name,
            "--keep",
            *kept,
            "--to",
            to,
            "--version",
            f"{to}-1",
        ]

    return [
        ["-m", "training.prune", data],
        ["-m", "training.teacher", data, "--seed", "0", "--name", "teacher-0"],
        export("teacher-0", TEACHER, "teacher"),
        ["-m", "training.pool", data, "--teacher", "teacher-0"],
        ["-m", "training.linear", data],
        [
            "-m",
            "training.student",
            data,
            "--teachers",
            "teacher-0",
            "--keep",
            *STUDENT,
            "--name",
            "student-0",
        ],
        export("student-0", STUDENT, "student"),
        *(
            ["bench/bench_reading.py", data, "--model", model]
            for model in ("linear", "student", "teacher", "cascade")
        ),
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
