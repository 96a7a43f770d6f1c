"""What is measured, in words: for tables, charts and terminals alike."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

TITLE = "The three side by side"
CALLS = {
    "live": "nothing is looked up, a log line is written",
    "me": "a token is checked, its user read from the database",
    "list": "the same, then 20 of the users and how many there are",
    "create": "the same, then a row with a unique address is written",
}
# From this share on others disturb what is measured.
_BUSY = 0.1


def number(value: float) -> str:
    """Return a number with three digits that mean something."""
    rounded = float(f"{value:.3g}")
    digits = max(0, 2 - math.floor(math.log10(rounded))) if rounded else 0
    return f"{rounded:,.{min(digits, 2)}f}"


def share(failed: float) -> str:
    """Return the share of requests that failed; nothing where none did."""
    if not failed:
        return ""
    return "under 1 % failed" if failed < 0.01 else f"{failed:.0%} failed".replace("%", " %")


def rate(load: Mapping[str, Any]) -> str:
    """Return how many answers a second there were, and how many failed if some did."""
    if not load["requests_per_second"]:
        return "none"
    failed = share(load["failed"])
    shown = number(load["requests_per_second"])
    return f"{shown} ({failed})" if failed else shown


def held(service: Mapping[str, Any]) -> str:
    """Return how many connections a service holds, where that was tried."""
    found = service["held"]
    if found is None:
        return ""
    return f"{'at least ' * found['is_bound']}{found['connections']:,}"


def load(service: Mapping[str, Any], call: str, connections: int) -> Mapping[str, Any]:
    """Return what a service did under one load."""
    return next(
        each
        for each in service["loads"]
        if (each["call"], each["connections"]) == (call, connections)
    )


def levels(seen: Mapping[str, Any]) -> Sequence[int]:
    """Return on how many connections the services were loaded."""
    return sorted({each["connections"] for each in seen["services"][0]["loads"]})


def database(seen: Mapping[str, Any]) -> str:
    """Return the database with its version."""
    versions = seen["services"][0]["versions"]
    if "postgresql" in versions:
        return f"PostgreSQL {versions['postgresql']}"
    return f"SQLite {versions['sqlite']}"


def versions(service: Mapping[str, Any]) -> str:
    """Return the versions of what a service is made of."""
    beside = ("python", "sqlite", "postgresql")
    named = (f"{each} {v}" for each, v in service["versions"].items() if each not in beside)
    return ", ".join(named)


def sides(seen: Mapping[str, Any]) -> str:
    """Return where services and load were."""
    other = "on another" if seen["pinned"] else "on the same cores"
    return f"one worker each{' on one core' * seen['pinned']}, wrk {other}"


def disturbed(busy: float) -> str:
    """Return what is to be said of other programs; nothing where they take little of the machine."""
    if busy < _BUSY:
        return ""
    return f"other programs kept {busy:.0%} of the machine busy as it began, so all figures are too low".replace(
        "%", " %"
    )


def setting(seen: Mapping[str, Any]) -> str:
    """Return how it was measured, in a sentence."""
    rounds, seconds = seen["effort"]["rounds"], seen["effort"]["seconds"]
    return (
        f"{sides(seen)}; medians of {rounds} round{'s' * (rounds != 1)}, in turns, "
        f"each load of {seconds} second{'s' * (seconds != 1)} and on many connections of twice that"
    )
