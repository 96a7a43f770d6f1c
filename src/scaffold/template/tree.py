"""A template's files in memory: read at once from a commit or a folder, links and all."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from scaffold import git
from scaffold.errors import TemplateFailed

# More is no template: it is read whole.
MOST_BYTES = 100 << 20
# As many links as the system follows to one file, and folders as deep as no template has them.
_HOPS = 40
_DEPTH = 100
_NO_LINKS: Mapping[str, str] = MappingProxyType({})


class Tree:
    """Files by path, and where symbolic links lead; paths are relative, with "/" between their parts."""

    def __init__(self, files: Mapping[str, bytes], links: Mapping[str, str] = _NO_LINKS) -> None:
        """Take the contents of each file and the target of each link."""
        self.files = files
        self.links = links
        self._folders: dict[str, set[str]] = {"": set()}
        for path in (*files, *links):
            while path:
                folder, _, name = path.rpartition("/")
                names = self._folders.setdefault(folder, set())
                if name in names:
                    break
                names.add(name)
                path = folder

    def led(self, path: str) -> str | None:
        """Return the path without links and dots that a path leads to, or None if that is outside."""
        left, done, hops = path.split("/")[::-1], list[str](), 0
        while left:
            part = left.pop()
            if part == "..":
                if not done:
                    return None
                done.pop()
            elif part not in ("", "."):
                done.append(part)
                target = self.links.get("/".join(done))
                if target is not None:
                    hops += 1
                    if target.startswith("/") or hops > _HOPS:
                        return None
                    done.pop()
                    left += target.split("/")[::-1]
        return "/".join(done)

    def is_folder(self, path: str) -> bool:
        """Return whether a path without links is that of a folder."""
        return path in self._folders

    def exists(self, path: str) -> bool:
        """Return whether a path leads to a file or a folder."""
        place = self.led(path)
        return place is not None and (place in self.files or place in self._folders)

    def read(self, name: str) -> str | None:
        """Return the text of what a template includes by name, or None if there is no such file."""
        place = None if name.startswith("../") or "/.." in name else self.led(name)
        data = None if place is None else self.files.get(place)
        return None if data is None else data.decode()

    def walk(self, folder: str, *, follow: bool) -> Iterator[tuple[str, str]]:
        """Yield the path of everything below a folder, and where it leads if links are followed.

        Raises:
            TemplateFailed: if a link that is followed leads out.
        """
        yield from self._walk(folder, "", follow, 0)

    def _walk(self, place: str, shown: str, follow: bool, depth: int) -> Iterator[tuple[str, str]]:
        if depth > _DEPTH and self.links:
            raise TemplateFailed("the template's folders have no end: a link leads back to its own")
        for name in sorted(self._folders[place]):
            path = f"{shown}/{name}" if shown else name
            found = f"{place}/{name}" if place else name
            if found in self.links and follow:
                led = self.led(found)
                if led is None:
                    raise TemplateFailed(f"the template's {path} is a link that leads out of it")
                found = led
            yield path, found
            if found in self._folders:
                yield from self._walk(found, path, follow, depth + 1)


def committed(place: Path, ref: str) -> Tree:
    """Return what a repository has at a commit, byte for byte.

    Raises:
        TemplateFailed: if it is too much.
    """
    listed = git.data("ls-tree", "-r", "-z", "--long", "--full-tree", ref, at=place, apart=True)
    links: dict[str, str] = {}
    entries: list[tuple[bytes, bytes, int, str]] = []
    for line in filter(None, listed.split(b"\0")):
        about, _, named = line.partition(b"\t")
        path = os.fsdecode(named)
        mode, kind, name, length = about.split()
        if kind == b"blob":
            entries.append((mode, name, int(length), path))
        else:
            # What a submodule has is in another repository.
            links[path] = "/"
    _bound(sum(size for _, _, size, _ in entries))
    asked = b"\n".join(name for _, name, _, _ in entries)
    answered = git.data("cat-file", "--batch", given=asked, at=place, apart=True)
    files: dict[str, bytes] = {}
    start = 0
    for mode, _, size, path in entries:
        start = answered.index(b"\n", start) + 1
        content = answered[start : start + size]
        start += size + 1
        if mode == b"120000":
            links[path] = os.fsdecode(content)
        else:
            files[path] = content
    return Tree(files, links)


def kept(place: Path) -> Tree:
    """Return what a repository would have if all of its changes were committed."""
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    return _on_disk(place, os.fsdecode(git.data(*listed, at=place)).split("\0"))


def folder(place: Path) -> Tree:
    """Return what a folder without history has.

    Raises:
        TemplateFailed: if it is too much, or has what is no file: to read a pipe is to wait for ever.
    """
    found = [
        os.path.relpath(os.path.join(above, name), place)
        for above, folders, files in os.walk(place)
        for name in (*files, *folders)
    ]
    for path in found:
        mode = (place / path).lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):
            raise TemplateFailed(
                f"the template's {path} is a pipe, a socket or a device: move it away"
            )
    return _on_disk(place, found)


def _on_disk(place: Path, paths: Iterable[str]) -> Tree:
    links: dict[str, str] = {}
    found: list[tuple[str, Path]] = []
    total = 0
    for path in paths:
        file = place / path
        if file.is_symlink():
            links[path] = str(file.readlink())
        elif file.is_file():
            total += file.stat().st_size
            _bound(total)
            found.append((path, file))
    return Tree({path: file.read_bytes() for path, file in found}, links)


def _bound(size: int) -> None:
    if size > MOST_BYTES:
        raise TemplateFailed(f"the template has more than {MOST_BYTES >> 20} MiB of files")
