"""Makes all weights again and prints the figures: `python -m training DATA`. Every step runs in its own process."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from training import pool
from training.data import HERE

TEACHERS = {
    "teacher-0": ["--seed", "0"],
    "teacher-2": ["--seed", "2", "--frozen", "3", "--share", "0.8"],
    "teacher-3": ["--seed", "3"],
}
LAST = "teacher-3"  # whose layers the students begin with
STUDENTS = [f"student-{seed}" for seed in range(3)]
ALL = [str(layer) for layer in range(12)]
KEPT = ["0", "3", "6", "9"]
INNER = ["--inner", "768"]
# The mean of the teachers, taught for a while by what they say together.
POLISH = [
    "--inner",
    "1536",
    "--pieces",
    "--most",
    "24000",
    "--passes",
    "1",
    "--rate",
    "6e-5",
    "--vectors",
    "0.2",
    "--labels",
    "1.0",
]
# That one learns once more from all labels, the latest written texts among them. Alone it forgets as much as it learns:
# the teacher is three parts of what it was and one of what it became.
LAST_PASS = ["--goes-on", "polished", "--seed", "7", "--frozen", "3", "--share", "0.7", "--rate", "7e-5"]
WORDS = ["--words", "5e-4"]
# The student that ships learns on for a while, mostly from the texts that care is about.
LONGER = ["--words", "4e-4", "--rate", "4e-4", "--passes", "3", "--seed", "5"]
ON = [
    "--words",
    "2e-4",
    "--rate",
    "2.5e-4",
    "--passes",
    "2",
    "--most",
    "60000",
    "--care",
    "3",
    "--labels",
    "1.0",
    "--seed",
    "5",
]


def steps(data: str) -> list[list[str]]:
    """The commands, in order: see README.md for what each makes."""
    teachers = [["-m", "training.teacher", data, *more, "--name", name] for name, more in TEACHERS.items()]
    teacher = ["--name", "teacher", "--keep", *ALL]
    taught = ["-m", "training.student", data]
    students = [
        [*taught, "--teacher", LAST, "--keep", *KEPT, *INNER, *WORDS, "--seed", name[-1], "--name", name]
        for name in STUDENTS
    ]
    student = ["--name", "student", "--keep", *KEPT, *INNER, "--reads", "words"]
    return [
        ["-m", "training.prune", data],
        *teachers,
        ["-m", "training.pool", data, "--teachers", *TEACHERS, "--frozen", "3"],
        ["-m", "training.soup", data, "--names", *TEACHERS, "--name", "soup"],
        [*taught, "--teacher", "soup", "--name", "polished", "--keep", *ALL, *POLISH],
        ["-m", "training.refit", data, "--name", "polished", "--keep", *ALL, "--without", "goemotions"],
        ["-m", "training.teacher", data, *LAST_PASS, "--name", "teacher-late"],
        ["-m", "training.soup", data, "--names", *["polished"] * 3, "teacher-late", "--name", "teacher"],
        ["-m", "training.pool", data, "--teachers", "teacher", "--again"],
        *students,
        [*taught, "--goes-on", STUDENTS[0], "--name", "student-long", "--keep", *KEPT, *INNER, *LONGER],
        [*taught, "--goes-on", "student-long", "--name", "student", "--keep", *KEPT, *INNER, *ON],
        ["-m", "training.linear", data],
        ["-m", "training.export", data, *teacher, "--to", "teacher", "--version", "teacher-5"],
        ["-m", "training.refit", data, *student],
        ["-m", "training.export", data, *student, "--to", "student", "--version", "student-5"],
        ["-m", "training.claims"],
        ["-m", "training.ablation", data],
        ["-m", "training.seeds", data, "--names", *STUDENTS, "--keep", *KEPT, *INNER],
        ["bench/bench_reading.py", data],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", help="only the steps whose command holds this word")
    args = parser.parse_args()
    if args.only is None:
        # What teachers said that are no more.
        for folder in (pool.FOLDER, pool.AGAIN):
            shutil.rmtree(folder, ignore_errors=True)
    for step in steps(str(args.data.resolve())):
        if args.only is None or args.only in " ".join(step):
            print("$ python", *step, flush=True)
            subprocess.run([sys.executable, *step], check=True, cwd=HERE.parent)


if __name__ == "__main__":
    main()
