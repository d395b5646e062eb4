"""The sites that addresses name; bad addresses name none."""

import pytest

from entendu.kit.hosts import host_of, links_in


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Forum.Example/sujet/1?x=2#y", "forum.example"),
        ("http://m.forum.example:8080/", "forum.example"),
        ("https://user:pw@forum.example./a", "forum.example"),
        ("https://www.fr/", "www.fr"),
        ("", ""),
        ("forum.example", ""),
        ("https://", ""),
        ("https://localhost/x", ""),
        ("https://[::1", ""),
        (f"https://{'a' * 300}.example/", ""),
        ("mailto:a@b.example", ""),
    ],
)
def test_host(address: str, host: str) -> None:
    assert host_of(address) == host


def test_links_are_found_once_a_site() -> None:
    text = "Lisez https://forum.example/a, puis (http://www.forum.example/b) et « https://blog.example/c ». https://x"
    assert list(links_in(text)) == [
        ("forum.example", "https://forum.example/a"),
        ("blog.example", "https://blog.example/c"),
    ]
