"""What owners do to their projects: edits of every kind, at files and lines that somebody picks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Where templates and owners meet; each is there in some projects only.
MEETING = (
    "README.md",
    "Makefile",
    "Dockerfile",
    ".env.example",
    "pyproject.toml",
    "src/*/settings.py",
    "src/*/main.py",
    "src/*/urls.py",
    "src/*/health.py",
    "src/*/logs.py",
    "src/*/passwords.py",
    "src/*/accounts/passwords.py",
    "tests/test_health.py",
    "tests/test_logs.py",
    "tests/test_auth.py",
    "compose.yaml",
    "deploy/kubernetes/deployment.yaml",
    ".github/workflows/ci.yml",
    "*/**/0002_*.py",
)
ANSWERS = ".copier-answers.yml"
BINARY = b"\x89PNG\0\xff\xfe\0mine\0\r\n\x1a"


@dataclass(frozen=True)
class Edit:
    """A kind of edit at a file, by its place in a list, and at a line, in tenths of the file."""

    kind: str
    file: int
    tenth: int

    def apply(self, project: Path) -> None:
        """Do it, if there is something to do it to."""
        KINDS[self.kind](project, self)

    def target(self, project: Path) -> Path | None:
        """The file that is meant: one where templates and owners meet, or any."""
        places = (*MEETING, "*", "src/**/*.py", "tests/*.py")
        pattern = places[self.file % len(places)]
        found = [path for path in sorted(project.glob(pattern)) if _plain(path)]
        return found[(self.file // len(places) + self.tenth) % len(found)] if found else None

    @property
    def mine(self) -> bytes:
        """A line that nobody else has."""
        return f"# mine {self.kind} {self.file} {self.tenth}".encode()


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name != ANSWERS


def _rewritten(change: Callable[[bytes, Edit], bytes]) -> Callable[[Path, Edit], None]:
    def apply(project: Path, edit: Edit) -> None:
        if file := edit.target(project):
            file.write_bytes(change(file.read_bytes(), edit))

    return apply


def _at(text: bytes, edit: Edit) -> tuple[list[bytes], int]:
    lines = text.splitlines(keepends=True)
    return lines, len(lines) * edit.tenth // 10


def _insert(text: bytes, edit: Edit) -> bytes:
    lines, at = _at(text, edit)
    return b"".join([*lines[:at], edit.mine + b"\n", *lines[at:]])


def _replace(text: bytes, edit: Edit) -> bytes:
    lines, at = _at(text, edit)
    return b"".join([*lines[:at], edit.mine + b"\n", *lines[at + 2 :]])


def _cut(text: bytes, edit: Edit) -> bytes:
    lines, at = _at(text, edit)
    return b"".join([*lines[:at], *lines[at + 3 :]])


def _reformat(text: bytes, _: Edit) -> bytes:
    return re.sub(rb"(?m)^( +)", rb"\1\1", text)


def _latin(text: bytes, edit: Edit) -> bytes:
    return _insert(text, edit).replace(b"# mine", b"# F\xfcr Zo\xeb")


def _endless(text: bytes, edit: Edit) -> bytes:
    return text.rstrip(b"\n") + b"\n" + edit.mine


def _delete(project: Path, edit: Edit) -> None:
    if file := edit.target(project):
        file.unlink()


def _move(project: Path, edit: Edit) -> None:
    if file := edit.target(project):
        (file.parent / "moved").mkdir(exist_ok=True)
        file.rename(file.parent / "moved" / file.name)


def _link(project: Path, edit: Edit) -> None:
    if file := edit.target(project):
        other = file.with_name(f"{file.name}.mine")
        file.rename(other)
        file.symlink_to(other.name)


def _mode(project: Path, edit: Edit) -> None:
    if file := edit.target(project):
        file.chmod(0o755)


def _folder(project: Path, edit: Edit) -> None:
    """A folder where a file was."""
    if file := edit.target(project):
        text = file.read_bytes()
        file.unlink()
        file.mkdir()
        (file / "part one").write_bytes(_insert(text, edit))


def _add(project: Path, edit: Edit) -> None:
    """A file where a release may have one, or where none has."""
    names = ("src/{}/news.py", "tests/test_news.py", "naïve file.txt", "src/{}/mine/a.py")
    package = next(project.glob("src/*")).name
    file = project / names[edit.file % len(names)].format(package)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"".join(edit.mine + b" %d\n" % number for number in range(3)))


def _route(project: Path, edit: Edit) -> None:
    """A module of their own, registered after those of the template."""
    registered = r"(?ms)\A.*^( +)(app\.include_router\(|path\(|app\.register_blueprint\()[^\n]+\n"
    for file in sorted(project.glob("src/*/*.py")):
        text = file.read_text("utf-8", "surrogateescape")
        if found := re.match(registered, text):
            mine = f"{found[1]}{found[2]}mine)  {edit.mine.decode()}\n"
            text = text[: found.end()] + mine + text[found.end() :]
            file.write_text(text, "utf-8", "surrogateescape")
            (file.parent / "mine.py").write_bytes(edit.mine + b"\n")
            return


def _dependency(project: Path, edit: Edit) -> None:
    file = project / "pyproject.toml"
    if _plain(file):
        text = file.read_bytes()
        mine = rb"\g<0>" + f'    "mine-{edit.file}>={edit.tenth}",\n'.encode()
        file.write_bytes(re.sub(rb"(?m)^dependencies = \[\n(?:    .+\n)*", mine, text, count=1))


def _migration(project: Path, edit: Edit) -> None:
    django = project.glob("src/*/users/migrations")
    for folder in (*django, *project.glob("migrations/versions")):
        known = sorted(path.stem for path in folder.glob("0*.py"))
        if not known:
            continue
        parent = known[0]
        if folder.parent.name == "users":
            texts = [path.read_text("utf-8", "replace") for path in folder.glob("0*.py")]
            parent = next((n for n in known if not any(f'"{n}")' in t for t in texts)), parent)
            text = (
                "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
                f'    dependencies = [("users", "{parent}")]\n    operations = []  '
            )
        else:
            text = f'revision = "mine"\ndown_revision = "{parent[:4]}"\n'
        content = text.encode() + edit.mine + b"\n"
        if edit.tenth == 9:
            content += b"# F\xfcr Zo\xeb\n"
        (folder / "0100_mine.py").write_bytes(content)
        return


KINDS: dict[str, Callable[[Path, Edit], None]] = {
    "insert": _rewritten(_insert),
    "replace": _rewritten(_replace),
    "cut": _rewritten(_cut),
    "reformat": _rewritten(_reformat),
    "crlf": _rewritten(lambda text, _: re.sub(rb"\r?\n", b"\r\n", text)),
    "latin": _rewritten(_latin),
    "binary": _rewritten(lambda _, edit: BINARY + edit.mine),
    "endless": _rewritten(_endless),
    "delete": _delete,
    "move": _move,
    "link": _link,
    "mode": _mode,
    "folder": _folder,
    "add": _add,
    "route": _route,
    "dependency": _dependency,
    "migration": _migration,
}


def files(project: Path) -> Iterator[Path]:
    """What a project has besides what git keeps, links too."""
    for path in sorted(project.rglob("*")):
        inside = path.relative_to(project).parts[0] != ".git"
        if inside and (path.is_symlink() or path.is_file()):
            yield path


def lines(project: Path) -> set[bytes]:
    """Every line of every file, whatever it ends with; of a link, where it leads."""
    found: set[bytes] = set()
    for path in files(project):
        if path.is_symlink():
            found.add(b"-> " + bytes(path.readlink()))
        else:
            found.update(line.rstrip(b"\r") for line in path.read_bytes().split(b"\n"))
    return found
