"""Makes all weights again and prints the figures: `python -m training DATA`. Every step runs in its own process."""

import argparse
import subprocess
import sys
from pathlib import Path

from training.data import HERE

TEACHERS = {
    "teacher-0": ["--seed", "0"],
    "teacher-1": ["--seed", "1", "--frozen", "6", "--share", "0.5"],
}
STUDENTS = [f"student-{seed}" for seed in range(3)]
ALL = [str(layer) for layer in range(12)]
KEPT = ["0", "3", "6", "9"]
INNER = ["--inner", "768"]


def steps(data: str) -> list[list[str]]:
    """The commands, in order: see README.md for what each makes."""
    teachers = [["-m", "training.teacher", data, *more, "--name", name] for name, more in TEACHERS.items()]
    teacher = ["--name", "teacher-0", "--keep", *ALL]
    students = [
        ["-m", "training.student", data, "--keep", *KEPT, *INNER, "--seed", name[-1], "--name", name]
        for name in STUDENTS
    ]
    student = ["--name", STUDENTS[0], "--keep", *KEPT, *INNER, "--reads", "words"]
    return [
        ["-m", "training.prune", data],
        *teachers,
        ["-m", "training.pool", data, "--teachers", *TEACHERS],
        *students,
        ["-m", "training.refit", data, *teacher, "--without", "goemotions"],
        ["-m", "training.export", data, *teacher, "--to", "teacher", "--version", "teacher-2"],
        ["-m", "training.refit", data, *student],
        ["-m", "training.export", data, *student, "--to", "student", "--version", "student-2"],
        ["-m", "training.linear", data],
        ["-m", "training.seeds", data, "--names", *STUDENTS, "--keep", *KEPT, *INNER],
        ["bench/bench_reading.py", data],
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
