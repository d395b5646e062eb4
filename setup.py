"""The C matcher is optional: without a compiler the pure Python one serves, with the same answers."""

from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("src/entendu/reading/query")

setup(
    ext_modules=[
        Extension(
            "entendu.reading.query._kernel",
            [str(FOLDER / "_kernel.c")],
            depends=[str(header) for header in sorted(FOLDER.glob("_*.h"))],
            optional=True,
            extra_compile_args=["-O3"],
        )
    ]
)
