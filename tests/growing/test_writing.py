"""All files, or none."""

from pathlib import Path

import pytest
from conftest import contents

from scaffold.errors import NotReady, ScaffoldError
from scaffold.growing.writing import write

BEFORE = {"list.py": "old\n"}
FILES = {"list.py": "new\n", "orders/models.py": "models\n", "orders/deep/more.py": "more\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "list.py").write_text("old\n")
    (tmp_path / "list.py").chmod(0o755)
    return tmp_path


def test_everything_is_written(folder: Path) -> None:
    write(folder, FILES, BEFORE)

    assert contents(folder) == {path: text.encode() for path, text in FILES.items()}
    assert (folder / "list.py").stat().st_mode & 0o777 == 0o755


def test_what_fails_leaves_everything_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "list.py" and b"new" in self.read_bytes():
            raise OSError("no space left")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)

    with pytest.raises(ScaffoldError, match="is as it was: no space left"):
        write(folder, FILES, BEFORE)
    assert contents(folder) == {"list.py": b"old\n"}
    assert not (folder / "orders").exists()


def test_what_changed_meanwhile_is_not_overwritten(folder: Path) -> None:
    (folder / "list.py").write_text("somebody's\n")

    with pytest.raises(NotReady, match="changed meanwhile"):
        write(folder, FILES, BEFORE)
    assert contents(folder) == {"list.py": b"somebody's\n"}


def test_nothing_in_the_way_is_overwritten(folder: Path) -> None:
    (folder / "orders").mkdir()
    (folder / "orders/models.py").symlink_to("nowhere")

    with pytest.raises(NotReady, match="in the way"):
        write(folder, FILES, BEFORE)
