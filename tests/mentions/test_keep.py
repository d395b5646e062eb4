"""Attachments are kept by their hash; no name that comes from outside becomes a path."""

import pytest
from django.conf import settings

from entendu.mentions.keep import keep, path_of


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "g" * 64, "A" * 64, "/" + "a" * 63])
def test_what_is_no_hash_is_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        path_of(name)


def test_bytes_are_written_once_and_inside_the_home() -> None:
    digest = keep(b"creme")
    assert keep(b"creme") == digest
    path = path_of(digest)
    assert path.read_bytes() == b"creme"
    assert path.is_relative_to(settings.FILES_DIR)
    assert [one.name for one in path.parent.iterdir()] == [digest]
