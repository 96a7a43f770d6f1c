"""Signals as exceptions: one `Stopped`, raised once, so that whoever holds something can let go of it.

A second signal is ignored, so the letting go always ends. What a library does with the exception is its
own affair: it may be lost in a finaliser, or turned into another. The signal is remembered for that.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from scaffold.errors import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_received: int | None = None
_is_put_off = False


def _stop(number: int, _frame: FrameType | None) -> None:
    global _received
    _received = number
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if not _is_put_off:
        raise Stopped(number)


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    if not isinstance(lost.exc_value, Stopped):
        sys.__unraisablehook__(lost)


def install() -> None:
    """Turn the signals that end a program into `Stopped`, unless the caller had them ignored.

    One that is lost in a finaliser is not complained of, since `check` finds it.
    """
    sys.unraisablehook = _unraisable
    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _stop)


def status() -> int:
    """Return the exit status of a run that was stopped; without a signal it was Ctrl-C at a prompt."""
    return 128 + (_received or signal.SIGINT)


def has_come() -> bool:
    """Return whether a signal has come, whatever became of its exception."""
    return _received is not None


def check() -> None:
    """Raise `Stopped` if a signal has come before."""
    if _received is not None:
        raise Stopped(_received)


@contextmanager
def deferred() -> Iterator[None]:
    """Hold the signals back until the block has ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        check()
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def put_off() -> Iterator[None]:
    """Have the exception of a signal wait until the block has ended.

    For beginning a program, which would take over the signals that `deferred` holds back.
    """
    global _is_put_off
    check()
    _is_put_off = True
    try:
        yield
    finally:
        _is_put_off = False
        check()
