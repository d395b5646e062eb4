"""The C matcher is optional: without a compiler the pure Python one serves, with the same answers."""

from pathlib import Path

from setuptools import Extension, setup

KERNEL = Path("src/entendu/reading/query/_kernel.c")

setup(
    ext_modules=[Extension("entendu.reading.query._kernel", [str(KERNEL)], optional=True, extra_compile_args=["-O3"])]
    if KERNEL.exists()
    else []
)
