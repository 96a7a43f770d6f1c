"""Requirements of the owner's beside those of the template's: no order, so no conflict."""

import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from combinations import all_off
from conftest import Inside, commit, git
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.updating.requirements import rebased

from .updating import started

SIDES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(("", ">=1", ">=2")), max_size=6)


def written(sides: Mapping[str, str]) -> str:
    lines = "".join(f'    "{name}{version}",\n' for name, version in sides.items())
    return f'[project]\nname = "x"\ndependencies = [\n{lines}]\nversion = "1"\n'


@settings(max_examples=60, deadline=None)
@given(base=SIDES, ours=SIDES, theirs=SIDES)
def test_what_each_side_changed_is_there(
    base: dict[str, str],
    ours: dict[str, str],
    theirs: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    names = sorted({*base, *ours, *theirs})
    held = {name: (base.get(name), ours.get(name), theirs.get(name)) for name in names}
    expected, decided = {}, True
    for name, (before, mine, after) in held.items():
        decided &= mine == after or before in (mine, after)
        expected[name] = after if before == mine else mine
    folder = tmp_path_factory.mktemp("sides")
    old, new = rebased(*map(written, (base, ours, theirs)))
    files = [folder / name for name in ("ours", "base", "theirs")]
    for file, text in zip(files, (written(ours), old, new), strict=True):
        file.write_text(text)
    merge = ["git", "merge-file", "-p", *map(str, files)]
    done = subprocess.run(merge, capture_output=True, text=True, check=False)
    if not decided:
        return
    assert done.returncode == 0, done.stdout
    found = tomllib.loads(done.stdout)["project"]["dependencies"]
    assert sorted(found) == sorted(f"{n}{v}" for n, v in expected.items() if v is not None)


@pytest.mark.few(1, 4)
@pytest.mark.parametrize(
    ("framework", "after", "own", "server"),
    [
        ("flask", "pydantic-settings", '"requests>=2"', "gunicorn"),
        ("flask", "apiflask", "'argparse-dataclass; python_version < \"4\"'", "gunicorn"),
        ("fastapi", "granian", '"zstandard"', "uvicorn"),
        ("django", "granian", '"pillow>=12"', "gunicorn"),
    ],
)
def test_an_option_brings_its_own_beside_them(
    framework: str, after: str, own: str, server: str, own_template: Path, inside: Inside
) -> None:
    project = started(own_template, "v1.0.0", all_off(framework).answers, inside.folder / "demo")
    file = project / "pyproject.toml"
    lines = file.read_text().splitlines(keepends=True)
    place = max(at for at, line in enumerate(lines) if line.startswith(f'    "{after}>='))
    file.write_text("".join([*lines[: place + 1], f"    {own},\n", *lines[place + 1 :]]))
    commit(project, "Need something")
    done = inside("set", "-C", str(project), "auth=jwt", f"server={server}", "--yes")
    assert (done.returncode, git(project, "ls-files", "-u")) == (0, ""), done.stdout + done.stderr
    needed = tomllib.loads(file.read_text())["project"]["dependencies"]
    assert own[1:-1] in needed
    assert [each for each in needed if each.startswith("pyjwt")]
    assert [each for each in needed if each.startswith(server)]
