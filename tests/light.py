"""From the template to one that asks the same questions and writes a few of the root files."""

import shutil
from pathlib import Path

# The names with which the root files begin that it keeps.
KEPT = ("{{ _copier_conf", "pyproject", "README", "Dockerfile")


def lighten(folder: Path) -> None:
    """Take out of a copy of the template what those files and the questions do not need."""
    templates = folder / "templates"
    pieces = templates / "_shared" / "pieces"
    for entry in templates.glob("*/*"):
        if entry.is_dir() and entry != pieces:
            shutil.rmtree(entry)
        elif entry.is_file() and not entry.name.startswith(KEPT):
            entry.unlink()
    unused = {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8")
        for file in pieces.rglob("*")
        if file.is_file()
    }
    texts = [file.read_text(encoding="utf-8") for file in templates.glob("*/*") if file.is_file()]
    texts.append((folder / "copier.yml").read_text(encoding="utf-8"))
    while texts:
        text = texts.pop()
        included = [name for name in unused if f"'{name}'" in text]
        texts += [unused.pop(name) for name in included]
    for name in unused:
        (folder / name).unlink()
