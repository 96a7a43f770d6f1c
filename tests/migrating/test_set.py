"""`scaffold set` on a project whose migrations stay, through its own door."""

from pathlib import Path

import pytest
from conftest import Inside, commit, contents
from updates.updating import started

from .states import STATES, USERS, project


@pytest.mark.slow
def test_accounts_of_django_go_and_come_back(
    own_template: Path, inside: Inside, tmp_path: Path
) -> None:
    answers = project("jwt-admin-pages").answers
    folder = started(own_template, "v1.0.0", answers, inside.folder / "shop")

    def change(*arguments: str) -> list[str]:
        done = inside.json("set", "-C", str(folder), "--yes", *arguments)
        assert done["applied"]
        commit(folder, "Set")
        notes: list[str] = done["notes"]
        assert inside.json("status", "-C", str(folder))["different"] == []
        return notes

    def files() -> dict[str, bytes]:
        found = contents(folder).items()
        return {path: each for path, each in found if path[:5] != ".git/" and path != "uv.lock"}

    before = files()
    (said,) = change("auth=none")
    assert said.startswith(
        f"{USERS}0006_drop_accounts_staff.py drops passwords and roles, the admin's log, "
    )
    there = project("jwt-admin-pages")
    there.set(tmp_path, **STATES["none"])
    assert {k: v for k, v in files().items() if k in there.files and k[0] != "."} == {
        k: v for k, v in there.files.items() if k[0] != "."
    }
    change("auth=jwt", "pages=htmx", "admin=true")
    more = {f"{USERS}{name}.py" for name in ("0006_drop_accounts_staff", "0007_add_accounts_staff")}
    assert {path: each for path, each in files().items() if path not in more} == before
