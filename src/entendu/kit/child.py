"""Runs a function on bytes in a killable child process: hostile input may hang or eat memory there, not here.

A child is a fresh interpreter (never a fork of this one: threads may hold locks) in its own session, without
our environment, fed over a pipe and kept for the next call. One that dies, is killed or has served
`RETIRE_AFTER` calls is replaced. Safe with threads; after a fork the children of the parent are forgotten.

A signal handler of Python cannot stop a loop in C or Rust, so the CPU limit is an interval timer whose signal
keeps its default action: the kernel ends the child.
"""

import atexit
import importlib
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

CPU_SECONDS = 2.0  # for each call, the import of the function's module not counted
WALL_SECONDS = 30.0  # for each call; generous, since a busy machine is no fault of the message
MEMORY_BYTES = 512 * 1024 * 1024  # address space of a child: a mail of 40 MB takes about 370 MiB
MAX_BYTES = 64 * 1024 * 1024  # of a payload and of an answer
MAX_CHILDREN = max(2, min(4, os.cpu_count() or 2))  # at the same time, in this process
RETIRE_AFTER = 2000

_REQUEST = struct.Struct(">HQ")  # length of the path, length of the payload
_ANSWER = struct.Struct(">cQ")  # status, length of what follows
_DONE, _ERROR, _MEMORY = b"D", b"E", b"M"
_TIMEOUT_SIGNALS = {-signal.SIGPROF, -signal.SIGXCPU}


class ChildFailed(Exception):
    """The child did not answer. `code`: child_timeout, child_memory, child_crashed, or child_error when the
    function itself raised (`detail` names what)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def call(function_path: str, payload: bytes) -> bytes:
    """What the function of that dotted name (bytes to bytes, at the top of a module) answers to `payload`.

    Limits: 2 s of CPU, 30 s of wall time, 512 MiB of address space, 64 MiB in and out. Raises ChildFailed.
    """
    if len(payload) > MAX_BYTES:
        raise ChildFailed("child_memory", f"{len(payload)} bytes in")
    with _slots:
        while True:
            child = _take()
            used_before = child.calls > 0
            try:
                return child.ask(function_path, payload)
            except ChildFailed as failure:
                child.broken = failure.code != "child_error"
                if used_before and failure.code in ("child_crashed", "child_memory"):
                    continue  # an earlier payload may be to blame: only a fresh child is a fair judge
                raise
            except BaseException:
                child.broken = True  # interrupted in the middle of an answer
                raise
            finally:
                _give_back(child)


class _Child:
    """One interpreter that waits for work on its standard input."""

    def __init__(self) -> None:
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"}
        command = [sys.executable, "-P", "-m", "entendu.kit.child"]
        self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        self.calls = 0
        self.broken = False
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.into, self.out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)

    def ask(self, function_path: str, payload: bytes) -> bytes:
        """Sends one request and waits for its answer. After ChildFailed the child is of no more use, but
        for child_error."""
        self.calls += 1
        deadline = time.monotonic() + WALL_SECONDS
        path = function_path.encode()
        self._write(_REQUEST.pack(len(path), len(payload)) + path, deadline)
        self._write(payload, deadline)
        status, length = _ANSWER.unpack(self._read(_ANSWER.size, deadline))
        if length > MAX_BYTES:
            raise ChildFailed("child_memory", f"{length} bytes out")
        answer = self._read(length, deadline)
        if status == _MEMORY:
            raise ChildFailed("child_memory", answer.decode("utf-8", "replace"))
        if status == _ERROR:
            raise ChildFailed("child_error", answer.decode("utf-8", "replace"))
        return answer

    def _write(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self.into, select.POLLOUT, deadline)
            try:
                view = view[os.write(self.into, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._death() from None

    def _read(self, length: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            _wait(self.out, select.POLLIN, deadline)
            try:
                part = os.read(self.out, min(length - len(parts), 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise self._death()
            parts += part
        return bytes(parts)

    def _death(self) -> ChildFailed:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return ChildFailed("child_crashed", "closed its pipe")
        if code in _TIMEOUT_SIGNALS:
            return ChildFailed("child_timeout", f"more than {CPU_SECONDS:g} s of CPU")
        return ChildFailed("child_crashed", signal.Signals(-code).name if code < 0 else f"exit {code}")

    def kill(self) -> None:
        """Ends the child and all that it may have started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self._close()
        self.process.wait()

    def retire(self) -> None:
        """Lets the child end by itself: it sees the end of its input."""
        self._close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.kill()

    def forget(self) -> None:
        """After a fork: this child belongs to the parent process; only our copies of the pipes are closed."""
        self._close()
        self.process.returncode = 0  # or its finaliser would try to wait for a process that is not ours

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _wait(fd: int, event: int, deadline: float) -> None:
    poller = select.poll()  # not select(): file numbers may be above 1024 in a server
    poller.register(fd, event)
    if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise ChildFailed("child_timeout", f"more than {WALL_SECONDS:g} s")


_idle: list[_Child] = []
_lock = threading.Lock()
_slots = threading.BoundedSemaphore(MAX_CHILDREN)


def _take() -> _Child:
    while True:
        with _lock:
            child = _idle.pop() if _idle else None
        if child is None:
            return _Child()
        if child.process.poll() is None:
            return child
        child.kill()  # it died while it waited (the kernel was short of memory)


def _give_back(child: _Child) -> None:
    if child.broken:
        child.kill()
        return
    if child.calls >= RETIRE_AFTER:
        child.retire()
        return
    with _lock:
        _idle.append(child)


def _after_fork() -> None:
    global _lock, _slots
    for child in _idle:
        child.forget()
    _idle.clear()
    _lock, _slots = threading.Lock(), threading.BoundedSemaphore(MAX_CHILDREN)


@atexit.register
def close_all() -> None:
    """Ends the idle children of this process."""
    with _lock:
        children = _idle[:]
        _idle.clear()
    for child in children:
        child.retire()


os.register_at_fork(after_in_child=_after_fork)


# What follows runs in the child.


def _resolve(path: str, known: dict[str, Callable[[bytes], bytes]]) -> Callable[[bytes], bytes]:
    if path not in known:
        module, _, name = path.rpartition(".")
        known[path] = getattr(importlib.import_module(module), name)
    return known[path]


def _answer(path: str, payload: bytes, known: dict[str, Callable[[bytes], bytes]]) -> tuple[bytes, bytes]:
    try:
        function = _resolve(path, known)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        try:
            result = function(payload)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except MemoryError:
        return _MEMORY, b""
    except Exception as error:
        return _ERROR, f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace")
    if len(result) > MAX_BYTES:
        return _MEMORY, f"{len(result)} bytes out".encode()
    return _DONE, result


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        sys.exit(0)  # the parent is gone
    return data


def _serve() -> None:
    """Reads requests from standard input until its end; answers on what was standard output."""
    _limit()
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not disturb the answers
    known: dict[str, Callable[[bytes], bytes]] = {}
    while True:
        path_length, length = _REQUEST.unpack(_read_exactly(source, _REQUEST.size))
        path = _read_exactly(source, path_length).decode()
        status, result = _answer(path, _read_exactly(source, length), known)
        sink.write(_ANSWER.pack(status, len(result)))
        sink.write(result)
        sink.flush()
        if status == _MEMORY:
            sys.exit(1)  # a heap that was full once is not trusted again


if __name__ == "__main__":
    _serve()
