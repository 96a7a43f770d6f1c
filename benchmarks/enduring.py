"""What the servers are held to account for: each check says whether a service held, and what was seen."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generated import crowds, stopping, workers
from generated.accounts import new_account
from generated.instances import OK, call_through_a_restart, two_behind_nginx
from generated.problems import AUTH, PASSWORD, USERS
from generated.service import ADMIN_EMAIL, ADMIN_PASSWORD, Service, beside

from scaffold.measuring import load
from scaffold.measuring.load import Call

ME = Call("me", f"{USERS}/me")
# What others may wait while there is a crowd, and what memory may grow by.
MOST_SECONDS, MOST_GROWTH = 1.0, 1.1
LOGINS, HASH_MEBIBYTES, HASHES_AT_ONCE = 100, 64, 2
CROWD_SECONDS = 10
LOAD_SECONDS = 5
CONNECTIONS = 32


class Asked(NamedTuple):
    """A service that is held to account, where files may be left, and how much is asked of it."""

    service: Service
    folder: Path
    scale: float

    def times(self, number: int) -> int:
        """So many requests, or a part of them."""
        return int(number * self.scale)


class Verdict(NamedTuple):
    """Whether it held, and what was seen."""

    held: bool
    seen: str


def _crowd(asked: Asked, crowd: crowds.Crowd, number: int) -> Verdict:
    with crowd(asked.service, number), crowds.others(asked.service) as waited:
        time.sleep(CROWD_SECONDS)
    said = f"p99 {waited.p99 * 1000:.0f} ms, {len(waited.failures)} failed"
    return Verdict(waited.p99 < MOST_SECONDS and not waited.failures, said)


def stops(asked: Asked) -> Verdict:
    """Answers all that it has read when it is stopped under load."""
    lost, status, seconds = [], set(), 0.0
    for number in range(5):
        with beside(asked.service, asked.folder, GRACE_SECONDS="20") as service:
            stopping.wait_for_workers(service)
            unanswered, ended, took = stopping.stop_under_load(service, after=0.2 + 0.2 * number)
            lost += unanswered
            status.add(ended)
            seconds = max(seconds, took)
    return Verdict(
        not lost, f"{len(lost)} lost in 5 stops, at most {seconds:.1f} s, status {status}"
    )


def slow(asked: Asked) -> Verdict:
    """Serves others while 200 clients send a byte a second."""
    return _crowd(asked, crowds.slow_clients, 200)


def idle(asked: Asked) -> Verdict:
    """Serves others while 2,000 connections do nothing."""
    return _crowd(asked, crowds.idle_clients, 2000)


def large(asked: Asked) -> Verdict:
    """Refuses 8 MiB, and takes no memory for it."""
    before = workers.memory(asked.service)
    with workers.watched(asked.service) as peak:
        lines = [
            crowds.answer_to_large_body(asked.service, 8, chunked=chunked)
            for chunked in (False, True)
            for _ in range(10)
        ]
    codes = sorted({line.split(b" ")[1].decode() if line else "none" for line in lines})
    grown = peak.mebibytes - before
    return Verdict(
        set(codes) <= {"413", "411"} and grown < 8, f"{', '.join(codes)}; +{grown:.0f} MiB"
    )


def killed(asked: Asked) -> Verdict:
    """Replaces a worker that is killed, and loses what that one had at most."""
    with beside(asked.service, asked.folder) as service:
        stopping.wait_for_workers(service)
        number = len(workers.workers(service))
        with crowds.others(service) as waited:
            time.sleep(1)
            killed = workers.kill_one(service)
            seconds = workers.wait_for_another(service, killed, number)
            time.sleep(3)
        after = len(waited.failures)
        with crowds.others(service) as later:
            time.sleep(1)
    held = after <= crowds.OTHERS and not later.failures
    return Verdict(held, f"{after} lost of {len(waited.seconds)}, replaced in {seconds:.1f} s")


def proxies(asked: Asked) -> Verdict:
    """Believes what a proxy says of the client if it is in TRUSTED_PROXIES."""
    seen = []
    for trusted in ("", "127.0.0.1"):
        with beside(asked.service, asked.folder, TRUSTED_PROXIES=trusted) as service:
            credentials = {"email": "nobody@example.com", "password": "x"}
            headers = {"X-Forwarded-For": "203.0.113.7"}
            service.client.post(f"{AUTH}/login", json=credentials, headers=headers)
            time.sleep(0.5)
            printed = [line for line in service.printed().splitlines() if line.startswith("{")]
            events = [each for each in map(json.loads, printed) if each["event"] == "auth"]
            seen.append(events[-1]["client"])
    return Verdict(seen == ["127.0.0.1", "203.0.113.7"], " and ".join(seen))


def remembers(asked: Asked) -> Verdict:
    """Takes about as much memory after 200,000 requests as after 20,000."""
    with beside(asked.service, asked.folder, ACCESS_TOKEN_MINUTES="1440") as service:
        token = service.login(ADMIN_EMAIL, ADMIN_PASSWORD)["access_token"]
        done, seen = 0, []
        for wanted in (asked.times(20_000), asked.times(200_000)):
            while done < wanted:
                sent = load.ask(
                    service.port,
                    ME,
                    token,
                    connections=CONNECTIONS,
                    seconds=LOAD_SECONDS,
                    core=None,
                )
                done += sent.requests
            seen.append(workers.memory(service))
    first, last = seen
    return Verdict(last <= first * MOST_GROWTH, f"{first:.0f} → {last:.0f} MiB")


def keeps(asked: Asked) -> Verdict:
    """Keeps an idle connection for KEEP_ALIVE_SECONDS."""
    with beside(asked.service, asked.folder, KEEP_ALIVE_SECONDS="20") as service:
        seconds = crowds.seconds_idle(service, 40)
    return Verdict(19.5 < seconds < 25, f"{seconds:.1f} s of 20")


def hashes(asked: Asked) -> Verdict:
    """Serves others while a hundred log in, and takes the memory of the hashes that it may make."""
    account = new_account(asked.service)
    credentials = (account["email"], PASSWORD)
    # At rest it has all threads and connections that it will have.
    crowds.logins_at_once(asked.service, LOGINS, *credentials)
    before = workers.memory(asked.service)
    with workers.watched(asked.service) as peak, crowds.others(asked.service) as waited:
        statuses = crowds.logins_at_once(asked.service, LOGINS, *credentials)
    number = int(asked.service.variables["WEB_CONCURRENCY"])
    most = number * HASHES_AT_ONCE * HASH_MEBIBYTES
    grown = peak.mebibytes - before
    said = f"p99 {waited.p99 * 1000:.0f} ms, +{grown:.0f} of {most} MiB, {statuses}"
    held = waited.p99 < MOST_SECONDS and grown <= most * MOST_GROWTH and set(statuses) <= {200, 503}
    return Verdict(held and not waited.failures, said)


def rolls(asked: Asked) -> Verdict:
    """Loses none of 100,000 requests behind nginx, while its two instances are restarted one after the other."""
    number = asked.times(100_000)
    token = asked.service.login(ADMIN_EMAIL, ADMIN_PASSWORD)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with two_behind_nginx(asked.service, asked.folder) as behind:
        seen = call_through_a_restart(behind, ME.path, headers, number)
    others = {what: many for what, many in seen.items() if what != OK}
    return Verdict(not others, f"{seen.total():,} answered; {others or 'none lost'}")


Check = Callable[[Asked], Verdict]
CHECKS: dict[str, Check] = {
    "a stop under load answers every request read": stops,
    "200 slow clients stop nobody else": slow,
    "2,000 idle connections stop nobody else": idle,
    "8 MiB against the limit of 1 MiB": large,
    "a killed worker is replaced": killed,
    "proxies are trusted if named": proxies,
    "memory after 20,000 and 200,000 requests": remembers,
    "idle connections are kept": keeps,
    "100 logins at once": hashes,
    "behind nginx, through a rolling restart": rolls,
}
