import os
import threading

import pytest

from entendu.kit import child
from entendu.kit.child import ChildFailed, call


def run(name: str, payload: bytes = b"") -> bytes:
    return call(f"kit.child_functions.{name}", payload)


@pytest.mark.parametrize(
    ("name", "code", "detail"),
    [
        ("spin", "child_timeout", "2 s of CPU"),
        ("spin_in_rust", "child_timeout", "2 s of CPU"),
        ("eat", "child_memory", ""),
        ("shout", "child_memory", "bytes out"),
        ("dies", "child_crashed", "exit 3"),
        ("segfaults", "child_crashed", "SIGSEGV"),
        ("raises", "child_error", "ValueError: no such thing"),
        ("no_such_function", "child_error", "AttributeError"),
    ],
)
def test_call_says_how_the_function_failed_and_serves_the_next(name, code, detail):
    with pytest.raises(ChildFailed) as failure:
        run(name)
    assert failure.value.code == code
    assert detail in failure.value.detail
    assert run("echo", b"next") == b"next"


def test_call_ends_a_child_that_waits_for_ever(monkeypatch):
    monkeypatch.setattr(child, "WALL_SECONDS", 0.2)
    with pytest.raises(ChildFailed, match="child_timeout"):
        run("sleep")


def test_call_refuses_a_payload_beyond_the_limit():
    with pytest.raises(ChildFailed, match="child_memory"):
        run("echo", bytes(child.MAX_BYTES + 1))


def test_call_carries_a_payload_larger_than_a_pipe():
    payload = os.urandom(5_000_000)
    assert run("echo", payload) == payload


def test_call_is_not_disturbed_by_a_function_that_prints():
    assert run("prints") == b"quiet"
    assert run("echo", b"still in step") == b"still in step"


def test_call_keeps_its_child_and_replaces_it_after_a_crash():
    first = run("pid")
    assert run("pid") == first
    with pytest.raises(ChildFailed):
        run("dies")
    assert run("pid") != first


def test_child_that_was_killed_while_idle_is_replaced():
    os.kill(int(run("pid")), 9)
    for _ in range(3):
        assert run("echo", b"x") == b"x"


def test_child_retires_after_its_calls(monkeypatch):
    monkeypatch.setattr(child, "RETIRE_AFTER", 2)
    child.close_all()
    first, second, third = run("pid"), run("pid"), run("pid")
    assert first == second != third


def test_child_sees_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("ENTENDU_SECRET", "do-not-tell")
    child.close_all()
    assert b"do-not-tell" not in run("environment")


def test_call_gives_each_thread_its_own_answer():
    wrong = []

    def work(number: int) -> None:
        for turn in range(50):
            payload = f"{number}-{turn}".encode()
            if run("echo", payload) != payload:
                wrong.append(payload)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_fork_does_not_share_the_children_of_its_parent():
    before = run("pid")
    reader, writer = os.pipe()
    forked = os.fork()
    if forked == 0:
        try:
            os.write(writer, run("pid"))
            child.close_all()
        finally:
            os._exit(0)
    os.waitpid(forked, 0)
    theirs = os.read(reader, 100)
    assert theirs
    assert theirs != before
    assert run("pid") == before
