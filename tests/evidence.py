"""Makes the evidence that ships, from the records of a run that was green and left nothing out.

    .venv/bin/python tests/evidence.py RECORD...

The records of one run, or of several on one state of the repository, are taken together. If a test failed
or was left out, or something that is tested has changed since, nothing is written and the reason is said.
"""

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from answering import NOT_ASKED, ROOT, TEXT_OPTIONS, Value, catalogue, values
from combinations import Combination, everything
from packaging.version import Version
from records import PLACE, Noted, Outcome, Record, keep, merged, refused
from served import PYTHON, choices, served

from scaffold.catalogue.values import plain
from scaffold.evidence.shipped import NOT_YET, Evidence, pairs, picked

# The libraries through which a project speaks to its servers.
THROUGH = ("aiosqlite", "asyncpg", "psycopg")


def made(records: Sequence[Record], version: str) -> dict[str, Any]:
    """What the records prove, for the release of that version."""
    tests = merged(records)
    counts = Counter(ended["outcome"] for ended in tests.values())
    noted: dict[str, Noted] = {}
    for each in records:
        keep(noted, each["rows"])
    rendered = [picked(_plain(each.answers)) for each in everything()]
    known = frozenset().union(*rendered)
    rows = [_row(each, noted.get(each.name, {}), tests) for each in served()]
    proven = [picked(row["choices"]) for row in rows if "reason" not in row]
    locked: dict[str, set[str]] = {}
    for found in noted.values():
        # Of a project that was only another's on its way, a test may have noted the server alone.
        for name, listed in found.get("locked", {}).items():
            locked.setdefault(name, set()).update(listed)
    return {
        "version": version,
        "date": max(each["at"] for each in records)[:10],
        "template": records[0]["template"],
        "tool": records[0]["tool"],
        "tests": {each: counts[each] for each in ("passed", "skipped")},
        "rendered": {
            "projects": len(rendered),
            "pairs": len(set().union(*map(pairs, rendered))),
            "choices": {name: sorted(v for n, v in known if n == name) for name in values()},
        },
        "served": {
            "options": catalogue()["_served"],
            "pairs": len(set().union(*map(pairs, proven))),
            "rows": rows,
        },
        "packages": {name: sorted(locked[name], key=Version) for name in sorted(locked)},
    }


def unfit(evidence: Evidence) -> Iterator[str]:
    """What keeps a release from going out with this evidence: only a Python may have been missing."""
    lacking = evidence.unproven((name, each) for name, many in offered().items() for each in many)
    for (name, value), why in lacking.items():
        if name != PYTHON or why == NOT_YET:
            yield f"{name}={value}: {why}"
    for row in evidence.rows:
        if row.reason and (PYTHON, row.choices[PYTHON]) not in lacking:
            yield f"{', '.join(row.choices.values())}: {row.reason}"


def offered() -> dict[str, list[str]]:
    """Every choice of every option, as the command line takes it; a text is given or none."""
    found: dict[str, list[str]] = {}
    for name, many in values().items():
        rows = [
            _plain({name: list(x) if isinstance(x, tuple) else x})
            for x in many
            if x is not NOT_ASKED
        ]
        found[name] = sorted({value for row in rows for _, value in picked(row)})
    return found


def written(evidence: Mapping[str, Any]) -> str:
    """Evidence as text: one line for each project and package, so that what has changed can be read."""
    return _indented(evidence, 0) + "\n"


def main(files: Sequence[str]) -> int:
    """Write the evidence of these records, or say why there is none."""
    records: list[Record] = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    reasons = list(dict.fromkeys(refused(records))) if records else ["no record was given"]
    if reasons:
        print("This is no evidence:", *reasons, sep="\n  ", file=sys.stderr)
        return 1
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    evidence = made(records, stated["project"]["version"])
    (ROOT / PLACE).write_text(written(evidence), encoding="utf-8")
    rows = evidence["served"]["rows"]
    print(f"{PLACE}: {evidence['tests']['passed']} tests passed")
    skipped = Counter(ended["reason"] for ended in merged(records).values() if ended["reason"])
    for reason, count in skipped.most_common():
        print(f"  {count} skipped: {reason}")
    print(f"  {sum('reason' not in row for row in rows)} of {len(rows)} projects served")
    for reason in unfit(Evidence(evidence)):
        print(f"  no release can go out with it, for want of {reason}")
    return 0


def _row(row: Combination, noted: Noted, tests: Mapping[str, Outcome]) -> dict[str, Any]:
    """A served project with its versions, or with the reason for which it was not served."""
    chosen = _plain(dict(choices(row)))
    if "served" not in noted:
        ended = (each for each in tests.values() if each["row"] == row.name)
        reasons = Counter(each["reason"] for each in ended if each["reason"])
        return {"choices": chosen, "reason": reasons.most_common(1)[0][0]}
    # A server that is chosen by its name has a version of its own, whatever library is called the same.
    known = noted["installed"] | noted["servers"]
    named = ["python", *chosen.values(), *THROUGH]
    return {"choices": chosen, "versions": {each: known[each] for each in named if each in known}}


def _plain(answers: Mapping[str, Value]) -> dict[str, str]:
    """Choices as the command line takes them; a text is given or none."""
    return {
        name: ("given" if answers[name] else "none")
        if name in TEXT_OPTIONS
        else plain(answers[name])
        for name in values()
        if name in answers
    }


def _indented(value: Any, depth: int) -> str:
    """JSON with a line for each list, and for each project."""
    nested = value.values() if isinstance(value, dict) else value
    if (
        depth == 3
        or isinstance(value, str | int)
        or not any(isinstance(x, dict | list) for x in nested)
    ):
        return json.dumps(value, ensure_ascii=False)
    start = "\n" + "  " * (depth + 1)
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(name)}: {_indented(each, depth + 1)}" for name, each in value.items()
        ]
        return f"{{{start}{f',{start}'.join(parts)}\n{'  ' * depth}}}"
    parts = [_indented(each, depth + 1) for each in value]
    return f"[{start}{f',{start}'.join(parts)}\n{'  ' * depth}]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
