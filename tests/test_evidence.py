"""The evidence: what `new` says of a project by it, and what `options --evidence` shows."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Inside, announce, commit
from evidence import offered

import hatch_build
from scaffold.evidence import shipped
from scaffold.template import opening

CHOSEN = {
    "framework": "fastapi",
    "database": "sqlite",
    "auth": "jwt",
    "server": "granian",
    "python_version": "3.12",
}
OTHERS = {"database": "postgresql", "auth": "none", "server": "uvicorn", "python_version": "3.13"}
VERSIONS = {"python": "3.12.1", "fastapi": "0.165.0", "sqlite": "3.45.1", "granian": "2.6.0"}
Row = dict[str, Any]
NEW = ("new", "demo", "--yes", "--framework", "fastapi", "--no-install", "--no-git")
PYTHON = ("-d", "python_version=3.12")


def row(reason: str = "", **choices: str) -> Row:
    """A served project, or one that was not, for a reason."""
    chosen = {**CHOSEN, **choices}
    ending: Row = {"reason": reason} if reason else {"versions": VERSIONS}
    return {"choices": chosen, **ending}


def evidence(template: str, rows: Iterable[Row], **changed: Any) -> dict[str, Any]:
    """What a release ships, with these rows."""
    return {
        "version": "0.9.0",
        "date": "2026-11-27",
        "template": template,
        "tool": {"python": "3.11.2", "copier": "9.19.1"},
        "tests": {"passed": 4000, "skipped": 20},
        "rendered": {"projects": 60, "pairs": 900, "choices": {**offered(), **changed}},
        "served": {"options": [*CHOSEN, "legacy_mount"], "pairs": 10, "rows": list(rows)},
        "packages": {"fastapi": ["0.165.0"], "django": ["5.2.8", "6.1.0"], "sniffio": ["1.3.1"]},
    }


@dataclass(frozen=True)
class House:
    """A checkout with a light template, which the program takes for its own, and the evidence that it ships."""

    root: Path
    file: Path
    scaffold: Inside

    def ships(self, *rows: Row, **changed: Any) -> None:
        """Let it ship evidence of these rows, for the template as it stands."""
        self.file.write_text(json.dumps(evidence(hatch_build.tree(self.root), rows, **changed)))

    def last_line(self, *arguments: str) -> str:
        """What `new` ends with, were a project made."""
        done = self.scaffold(*NEW, *PYTHON, "--dry-run", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]


@pytest.fixture
def house(
    inside: Inside, light_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    root = Path(shutil.copytree(light_template, tmp_path / "house"))
    monkeypatch.setattr(opening, "_CHECKOUT", root)
    monkeypatch.setattr(shipped, "_FILE", tmp_path / "proven.json")
    del inside.environment["SCAFFOLD_TEMPLATE"]
    return House(root, tmp_path / "proven.json", inside)


def in_pairs() -> list[Row]:
    """Rows in which each two choices occur together, and all of them in none."""
    return [row(**{name: value}) for name, value in OTHERS.items()]


def test_a_combination_that_was_served(house: House) -> None:
    house.ships(row(), row(server="uvicorn"))
    assert house.last_line() == (
        "Proven on 2026-11-27: this very combination was installed, tested and served, with "
        "python 3.12.1, fastapi 0.165.0, sqlite 3.45.1, granian 2.6.0."
    )
    found = house.scaffold.json(*NEW, *PYTHON, "--dry-run")["evidence"]
    assert (found["scope"], found["same_template"], found["packages"]) == (
        "combination",
        True,
        None,
    )
    assert found["versions"]["python"] == ["3.12.1"]


def test_versions_are_of_the_projects_that_are_most_alike(house: House) -> None:
    older = {**row(python_version="3.13"), "versions": {**VERSIONS, "fastapi": "0.150.0"}}
    house.ships(row(), older)
    assert "fastapi 0.165.0, " in house.last_line()
    assert "fastapi 0.150.0, " in house.last_line("-d", "python_version=3.13")


def test_a_combination_of_which_each_two_choices_were(house: House) -> None:
    house.ships(*in_pairs())
    assert "each two of its choices were installed, tested and served together" in house.last_line()
    assert house.last_line("-d", "ci=none").startswith("Proven on 2026-11-27: each two")


def test_two_choices_that_were_not_served_together(house: House) -> None:
    house.ships(*in_pairs()[2:])
    assert house.last_line().startswith(
        "Proven in part on 2026-11-27: not python_version=3.12 with server=granian; each other two"
    )
    found = house.scaffold.json(*NEW, *PYTHON, "--dry-run")["evidence"]
    assert found["apart"] == [{"python_version": "3.12", "server": "granian"}]


def test_of_many_pairs_a_few_are_named(house: House) -> None:
    house.ships(*(row(**dict(OTHERS, **{name: CHOSEN[name]})) for name in OTHERS))
    assert house.last_line().count(" with ") == 4
    assert ", nor 3 more pairs; each other two" in house.last_line()
    found = house.scaffold.json(*NEW, *PYTHON, "--dry-run")["evidence"]
    assert len(found["apart"]) == 6


def test_a_python_that_was_not_there(house: House) -> None:
    house.ships(*in_pairs(), row("no Python 3.14 on this machine", python_version="3.14"))
    found = house.last_line("-d", "python_version=3.14")
    assert "not python_version=3.14 (no Python 3.14 on this machine); each other two" in found
    assert "python 3" not in found


@pytest.mark.few(1)
@pytest.mark.parametrize("option", ["license", "auth", "ci"])
def test_a_choice_that_the_evidence_does_not_know(house: House, option: str) -> None:
    house.ships(row(), **{option: ["session", "Proprietary"]})
    value = {"license": "MIT", "auth": "jwt", "ci": "github"}[option]
    assert f"not {option}={value} (not yet proven)" in house.last_line()
    result = house.scaffold.json(*NEW, *PYTHON, "--dry-run")["evidence"]
    assert result["scope"] == "part"
    assert result["unproven"] == [{"option": option, "value": value, "reason": "not yet proven"}]


def test_an_option_that_the_evidence_does_not_know(house: House) -> None:
    added = "trial: {type: str, choices: [none, some], default: none}\n"
    file = house.root / "copier.yml"
    file.write_text(f"{file.read_text()}\n{added}")
    commit(house.root, "Add an option")
    house.ships(row())
    assert "not trial=some (not yet proven)" in house.last_line("-d", "trial=some")
    unproven = house.scaffold.json("options", "--evidence")["unproven"]
    assert [each["option"] for each in unproven][-2:] == ["trial", "trial"]


def test_a_template_that_has_changed_since(house: House) -> None:
    house.ships(row())
    announce(house.root)
    another = "Proven on 2026-11-27, with the template of 0.9.0, which is not this one: this very"
    assert house.last_line("--allow-dirty").startswith(another)
    commit(house.root, "Change the template")
    assert house.last_line("-d", "ci=none").startswith(another)
    assert house.last_line("--vcs-ref", "HEAD~1").startswith("Proven on 2026-11-27: this")


def test_what_else_has_changed_is_not_the_template(house: House) -> None:
    house.ships(row())
    (house.root / "notes.txt").write_text("A thought.")
    commit(house.root, "Keep a thought")
    assert house.last_line().startswith("Proven on 2026-11-27: this very")


def test_of_another_template_nothing_is_said(house: House, light_template: Path) -> None:
    house.ships(row())
    done = house.scaffold(*NEW, *PYTHON, "--template", str(light_template))
    assert "Proven" not in done.stdout
    result = house.scaffold.json("new", "other", *NEW[2:], SCAFFOLD_TEMPLATE=str(light_template))
    assert result["evidence"] is None
    done = house.scaffold("options", "--evidence", "--template", str(light_template))
    assert done.returncode == 2
    assert "came with scaffold" in done.stderr


def test_a_build_without_evidence_says_so(house: House) -> None:
    assert house.last_line().startswith("Nothing is proven")
    assert "Nothing is proven" in house.scaffold("options", "--evidence").stdout
    assert house.scaffold.json("options", "--evidence")["evidence"] is None


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "broken",
    [
        *("", "[]", "null", "{}", "{", "[" * 100_000),
        '{"date": 5}',
        *({"packages": 5}, {"packages": {"fastapi": [5]}}, {"served": {"rows": None}}),
        {"served": {"options": [], "pairs": 1, "rows": [{"choices": {"framework": ["fastapi"]}}]}},
    ],
    ids=lambda each: str(each)[:20],
)
def test_evidence_that_cannot_be_read_keeps_no_project_from_being_made(
    house: House, broken: str | dict[str, Any]
) -> None:
    house.ships(row())
    if isinstance(broken, dict):
        broken = json.dumps({**json.loads(house.file.read_text()), **broken})
    house.file.write_text(broken)
    assert "cannot be read" in house.last_line()
    done = house.scaffold("options", "--evidence")
    assert done.returncode == 1
    assert "the evidence that came with this build cannot be read" in done.stderr


LOCK = """version = 1
[[package]]
name = "demo"
version = "0.1.0"
source = { editable = "." }
"""


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("packages", "said"),
    [
        (["fastapi 0.165.0", "django 5.2.8"], "none of the 2 packages locked here is newer."),
        (["fastapi 0.166.0", "sniffio 1.3.0"], "1 of the 2 packages locked here is newer."),
        (["fastapi 0.1650.0", "sniffio 1.3.1.post1"], "2 of the 2 packages locked here are newer."),
        (["django 5.2.8", "django 6.1.0"], "none of the 1 packages locked here is newer."),
        (["django 5.2.9", "django 6.1.0"], "1 of the 1 packages locked here is newer."),
        (
            ["fastapi 0.165.0", "h3 1"],
            "none of the 2 packages locked here is newer, 1 unknown then.",
        ),
    ],
)
def test_packages_that_are_newer_than_proven(house: House, packages: list[str], said: str) -> None:
    entries = (each.split() for each in packages)
    form = '[[package]]\nname = "{}"\nversion = "{}"\nsource = {{ registry = "index" }}\n'
    lock = LOCK + "".join(form.format(*each) for each in entries)
    (house.root / "templates" / "fastapi" / "uv.lock").write_text(lock)
    commit(house.root, "Bring a lock")
    house.ships(row())
    done = house.scaffold(*NEW, *PYTHON)
    assert done.stdout.splitlines()[-1].endswith(f"; {said}")


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "lock", ["", "package = 5", "[[package]]\nname = 5", "a = " + "[" * 20_000]
)
def test_a_lock_that_cannot_be_read_is_not_counted(house: House, lock: str) -> None:
    (house.root / "templates" / "fastapi" / "uv.lock").write_text(lock)
    commit(house.root, "Bring a lock")
    house.ships(row())
    done = house.scaffold(*NEW, *PYTHON)
    assert done.returncode == 0
    assert "locked here" not in done.stdout.splitlines()[-1]


def test_the_options_show_what_was_proven(house: House) -> None:
    house.ships(row(), row("no PostgreSQL", database="postgresql"), row(framework="flask"))
    shown = house.scaffold("options", "--evidence").stdout
    for words in (
        "Proven on 2026-11-27, for 0.9.0",
        "4000 tests passed, 20 were skipped",
        "2 of 3 projects installed, tested and served",
        "fastapi 0.165.0",
        "sqlite 3.45.1",
        "not served: no PostgreSQL",
        "database=postgresql: no PostgreSQL",
        "python_version=3.14: not yet proven",
    ):
        assert words in shown
    own = house.scaffold("options", "fastapi", "--evidence").stdout
    assert "flask" not in own
    assert "legacy_mount" not in own


def test_the_options_tell_it_as_json(house: House) -> None:
    house.ships(row(), row(framework="flask"))
    found = house.scaffold.json("options", "--evidence")
    assert found["evidence"]["packages"]["django"] == ["5.2.8", "6.1.0"]
    assert found["same_template"] is True
    assert len(found["evidence"]["served"]["rows"]) == 2
    assert {"option": "database", "value": "postgresql", "reason": "not yet proven"} in found[
        "unproven"
    ]
    rows = house.scaffold.json("options", "flask", "--evidence")["evidence"]["served"]["rows"]
    assert [each["choices"]["framework"] for each in rows] == ["flask"]
