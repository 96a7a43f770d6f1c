"""What a record of a run holds, how several come together, and which are no evidence."""

import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypedDict, cast

from answering import ROOT
from served import served

PLACE = "src/scaffold/evidence/proven.json"
# What a release changes beside the words: it comes after the run that proves it.
OF_A_RELEASE = {"releases.toml", PLACE}
# Of a test that ended in several ways, the last of these counts.
BETTER = ("skipped", "passed", "failed")


class Noted(TypedDict, total=False):
    """What is known of a served project; each part has names with versions.

    `installed` has Python and every package, `servers` the databases it was served with, `locked` all that
    its lock would install elsewhere, and `served` is there once it has answered.
    """

    installed: dict[str, str]
    servers: dict[str, str]
    locked: dict[str, list[str]]
    served: dict[str, str]


class Outcome(TypedDict):
    """How a test ended, why it was skipped, and the project that it was about."""

    outcome: str
    reason: str
    row: str


class Record(TypedDict):
    """A run: when it ended in UTC, on which commit with which changes, and pytest's exit status.

    `tool` has the versions of what the generator runs on, `asked` what was to run if that was not all.
    """

    at: str
    commit: str
    changed: list[str]
    template: str
    tool: dict[str, str]
    status: int
    asked: list[str]
    collected: list[str]
    tests: dict[str, Outcome]
    rows: dict[str, Noted]


def keep(known: dict[str, Noted], found: Mapping[str, Mapping[str, Any]]) -> dict[str, Noted]:
    """Add what was found out about projects to what is known of them, part by part."""
    for name, parts in found.items():
        project: dict[str, Any] = cast("dict[str, Any]", known.setdefault(name, {}))
        for part, values in parts.items():
            project.setdefault(part, {}).update(values)
    return known


def git(*arguments: str) -> str:
    """Run git in the repository and return what it prints."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def changed_since(commit: str) -> list[str]:
    """The paths that are not as a commit has them."""
    known = git("diff", "--name-only", "-z", commit)
    others = git("ls-files", "-z", "--others", "--exclude-standard")
    return sorted({*known.split("\0"), *others.split("\0")} - {""})


def merged(records: Sequence[Record]) -> dict[str, Outcome]:
    """How each test ended: what one run skipped, another may have had what it needs for."""
    tests: dict[str, Outcome] = {}
    for record in records:
        for name, ended in record["tests"].items():
            both = (tests.get(name, ended), ended)
            tests[name] = max(both, key=lambda each: BETTER.index(each["outcome"]))
    return dict(sorted(tests.items()))


def refused(records: Sequence[Record]) -> Iterator[str]:
    """Why these records are no evidence, if they are none."""
    if len({(each["commit"], each["template"], *each["changed"]) for each in records}) != 1:
        yield "the records are of different states of the repository"
    for each in records:
        if each["asked"]:
            yield f"the run of {each['at']} was asked for {' '.join(each['asked'])} alone"
        if each["status"]:
            yield f"the run of {each['at']} ended with status {each['status']}"
        for path in sorted({*each["changed"], *changed_since(each["commit"])}):
            if not _may_differ(path, each["commit"]):
                yield f"{path} is not as the commit has it that was tested"
    tests = merged(records)
    failed = [name for name, ended in tests.items() if ended["outcome"] == "failed"]
    if failed:
        yield f"{len(failed)} tests failed, such as {failed[0]}"
    collected = set(chain.from_iterable(each["collected"] for each in records))
    if left := sorted(collected - tests.keys()):
        yield f"{len(left)} tests were left out, such as {left[0]}"
    explained = {ended["row"] for ended in tests.values() if ended["reason"]}
    answered = {
        name for each in records for name, noted in each["rows"].items() if "served" in noted
    }
    for row in served():
        if row.name not in answered | explained:
            yield f"{row} was not served, and no test says why"


def _may_differ(path: str, commit: str) -> bool:
    if path != "pyproject.toml":
        words = path.endswith(".md") and not path.startswith("templates/")
        return words or path in OF_A_RELEASE
    now, then = (
        tomllib.loads(text)
        for text in (
            (ROOT / path).read_text(encoding="utf-8"),
            git("show", f"{commit}:{path}"),
        )
    )
    return {**now, "project": {**now["project"], "version": then["project"]["version"]}} == then
