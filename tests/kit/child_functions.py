"""What the child is asked to run in the tests: well-behaved, then hostile."""

import os
import time


def echo(payload: bytes) -> bytes:
    return payload


def pid(payload: bytes) -> bytes:
    return str(os.getpid()).encode()


def environment(payload: bytes) -> bytes:
    return repr(dict(os.environ)).encode()


def spin(payload: bytes) -> bytes:
    while True:
        pass


def spin_in_rust(payload: bytes) -> bytes:
    import nh3

    return nh3.clean("<div>" * 100_000).encode()


def sleep(payload: bytes) -> bytes:
    time.sleep(3600)
    return b""


def eat(payload: bytes) -> bytes:
    return b"x" * (2 << 30)


def shout(payload: bytes) -> bytes:
    return b"x" * (65 << 20)


def dies(payload: bytes) -> bytes:
    os._exit(3)


def segfaults(payload: bytes) -> bytes:
    os.kill(os.getpid(), 11)
    return b""


def raises(payload: bytes) -> bytes:
    raise ValueError("no such thing")


def prints(payload: bytes) -> bytes:
    print("noise on standard output", flush=True)
    os.write(1, b"more noise")
    return b"quiet"
