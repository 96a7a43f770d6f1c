"""Writes down what a run of the tests did, with `--record FILE`: `tests/evidence.py` makes evidence from it.

A record has every test that was collected and how each that ran ended, what the served projects were
installed with, and which state of the repository it was. A run in several processes gives one record.
"""

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import pytest
from answering import ROOT
from combinations import Combination
from packaging.requirements import Requirement
from records import Noted, Outcome, changed_since, git, keep
from rows import row_of

import hatch_build

DISTRIBUTION = "scaffold-web"
NOTED: dict[str, Noted] = {}


def note(combination: Combination, **found: Mapping[str, Any]) -> None:
    """Keep something about a served project for the record of this process."""
    keep(NOTED, {combination.name: found})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", metavar="FILE", type=Path, help="write down what ran, for tests/evidence.py"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.option.record is not None:
        config.pluginmanager.register(Recorder(config))


class Recorder:
    """Listens to a run; the processes that run the tests tell the one that started them."""

    def __init__(self, config: pytest.Config) -> None:
        """Look at the repository before anything runs."""
        self._output: dict[str, Any] | None = getattr(config, "workeroutput", None)
        self._collected: set[str] = set()
        self._tests: dict[str, Outcome] = {}
        self._rows: dict[str, Noted] = {}
        if self._output is None:
            whole = config.args_source is not pytest.Config.ArgsSource.ARGS
            self._state = {**state(), "asked": [] if whole else list(config.args)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Name the tests before any is deselected, and before a group is added to its name."""
        for item in items:
            self._collected.add(item.nodeid)
            item.user_properties += [("test", item.nodeid), ("row", row_of(item))]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst of a test's three parts."""
        known: dict[str, Any] = dict(report.user_properties)
        # Of what a process that died was at, there is the name alone.
        name, row = known.get("test", report.nodeid), known.get("row", "")
        ended = self._tests.setdefault(name, {"outcome": "passed", "reason": "", "row": row})
        if report.failed:
            ended["outcome"] = "failed"
        elif report.skipped and ended["outcome"] == "passed":
            said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            ended["outcome"], ended["reason"] = "skipped", said.removeprefix("Skipped: ")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a process has found, unless it died."""
        found = getattr(node, "workeroutput", {}).get("record", {})
        self._collected |= set(found.get("collected", ()))
        keep(self._rows, found.get("rows", {}))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Tell the process that started this one, or write the record."""
        if self._output is not None:
            self._output["record"] = {"collected": sorted(self._collected), "rows": NOTED}
            return
        record = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            **self._state,
            "status": int(exitstatus),
            "collected": sorted(self._collected),
            "tests": dict(sorted(self._tests.items())),
            "rows": keep(self._rows, NOTED),
        }
        file: Path = session.config.option.record
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record, indent=1), encoding="utf-8")


def state() -> dict[str, Any]:
    """What the repository is: its commit, the paths that differ from it, and the template's tree."""
    return {
        "commit": git("rev-parse", "HEAD").strip(),
        "changed": changed_since("HEAD"),
        "template": hatch_build.tree(ROOT),
        "tool": {"python": platform.python_version(), **_dependencies()},
    }


def _dependencies() -> dict[str, str]:
    needed = map(Requirement, requires(DISTRIBUTION) or ())
    names = sorted(each.name for each in needed if not each.marker)
    return {name: version(name) for name in names}
