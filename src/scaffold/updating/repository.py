"""The repository that a project is in, at its last commit."""

import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scaffold import git
from scaffold.errors import NotReady

# Whatever is changed here is changed without what the user's hooks would add.
_PLAIN = ("-c", "core.hooksPath=/dev/null")


class Entry(NamedTuple):
    """What git keeps under a path: how, and which object."""

    mode: str
    name: str


Entries = Mapping[str, Entry]


class Repository(NamedTuple):
    """A repository with a commit, and where the project is in it.

    `folder` is the project's, `prefix` that folder below `top` (empty, or with a "/" at its end), `place`
    what git keeps of this working tree, `objects` where all of its working trees have their objects.
    """

    folder: Path
    top: Path
    prefix: str
    place: Path
    objects: Path
    object_format: str
    head: str

    def git(self, *arguments: str | Path, given: bytes = b"") -> str:
        """Run git at the top of the repository, with the configuration of the user's."""
        done = git.data(*_PLAIN, *arguments, at=self.top, given=given, seconds=600)
        return os.fsdecode(done)

    def listed(self, *arguments: str) -> list[str]:
        """Run git in the project's folder and return what it lists, ended by zeros."""
        done = git.data(*_PLAIN, *arguments, at=self.folder, seconds=600)
        return os.fsdecode(done).split("\0")[:-1]

    def committed(self) -> dict[str, Entry]:
        """Return what the last commit has below the project's folder, by path from there."""
        tree = f"{self.head}:{self.prefix}" if self.prefix else self.head
        return entries(git.data("ls-tree", "-r", "-z", tree, at=self.top))

    def contents(self, names: Iterable[str]) -> list[bytes]:
        """Return the contents of objects."""
        return contents(self.top, names)


def find(folder: Path) -> Repository:
    """Return the repository that a folder is in.

    Raises:
        NotReady: if there is none, or none with a commit.
    """
    ask = partial(_asked, folder)
    try:
        # Names of folders may have line ends in them, so each is asked for alone.
        top, place = Path(ask("--show-toplevel")), Path(ask("--absolute-git-dir"))
        objects, form = Path(ask("--git-path", "objects")), ask("--show-object-format")
        prefix = ask("--show-prefix")
    except git.GitError as error:
        said = " ".join(str(error).split())
        if "not a git repository" not in said:
            raise NotReady(f"the repository of {folder} cannot be used: {said}") from error
        raise NotReady(
            f"{folder} is in no git repository ({said}), so nothing could be undone: "
            'git init && git add --all && git commit -m "Start"'
        ) from error
    head = git.output("rev-parse", "--verify", "--quiet", "HEAD^{commit}", at=folder)
    if not head:
        raise NotReady(
            f"the repository of {folder} has no commit yet, so nothing could be undone: "
            'git add --all && git commit -m "Start"'
        )
    return Repository(folder, top, prefix, place, objects, form, head)


def _asked(folder: Path, *what: str) -> str:
    said = git.data("rev-parse", "--path-format=absolute", *what, at=folder)
    return os.fsdecode(said).removesuffix("\n")


def entries(listed: bytes) -> dict[str, Entry]:
    """Return what `git ls-tree -z` lists."""
    found: dict[str, Entry] = {}
    for line in os.fsdecode(listed).split("\0")[:-1]:
        about, _, path = line.partition("\t")
        mode, _, name = about.split()
        found[path] = Entry(mode, name)
    return found


def contents(place: Path, names: Iterable[str]) -> list[bytes]:
    """Return the contents of objects of the repository at a place, all at once."""
    asked = "".join(f"{name}\n" for name in names).encode()
    answered = git.data("cat-file", "--batch", given=asked, at=place, seconds=600)
    found: list[bytes] = []
    start = 0
    for _ in range(asked.count(b"\n")):
        end = answered.index(b"\n", start)
        size = int(answered[start:end].split()[2])
        found.append(answered[end + 1 : end + 1 + size])
        start = end + size + 2
    return found
