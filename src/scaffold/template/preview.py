"""A project's files as Copier writes them, without Copier, git or a disk, and many times as fast.

Copier stays what makes projects and updates them. What is here follows copier._main.Worker (Copier 9.19);
tests hold the two to the same bytes.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import join, normpath
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from pathspec import PathSpec

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.jinja import Expressions
from scaffold.catalogue.option import Answers
from scaffold.errors import ScaffoldError, TemplateFailed
from scaffold.template.context import Origin, context
from scaffold.template.tree import Tree

# What Copier leaves out where the whole of a repository is the template.
_LEFT_OUT = (
    "copier.yaml",
    "copier.yml",
    "~*",
    "*.py[co]",
    "__pycache__",
    ".git",
    ".DS_Store",
    ".svn",
)
# What a file system takes for one name, in bytes.
_LONGEST = 255
_REFUSED = {"tasks": "runs programs", "jinja_extensions": "loads programs"}
_BREAK = re.compile(r"\r\n|\r|\n")
_Context = Mapping[str, Any]
_NOTHING: _Context = MappingProxyType({})


class Template:
    """A template in memory; what it compiles for one project serves the next.

    Raises:
        TemplateFailed: if it has no questions that can be read.
    """

    def __init__(self, tree: Tree) -> None:
        """Take all of its files."""
        names = [name for name in ("copier.yml", "copier.yaml") if tree.exists(name)]
        if len(names) != 1:
            raise TemplateFailed("the template has not one copier.yml")
        self._tree = tree
        self._catalogue = Catalogue(tree.read(names[0]) or "", tree.read)
        self.settings = self._catalogue.settings
        self._texts = Expressions(self.settings.get("envops") or {}, tree.read)
        suffix = self.settings.get("templates_suffix")
        self._suffix: str = ".jinja" if suffix is None else suffix

    def render(self, options: Answers, origin: Origin) -> dict[str, bytes]:
        """Return what each file of a new project has in it, by path.

        Raises:
            BadAnswer, MissingAnswer: if the questions do not take these options.
            TemplateFailed: if Copier would make no project of them.
        """
        for name, does in _REFUSED.items():
            if self.settings.get(name):
                raise TemplateFailed(f"the template cannot be rendered: it {does} (_{name})")
        try:
            return self._render(context(self._catalogue, options, origin))
        except ScaffoldError:
            raise
        except Exception as error:
            raise TemplateFailed(f"the template cannot be rendered: {error}") from error

    def text(self, text: str, options: Answers, more: Mapping[str, Any] = _NOTHING) -> str:
        """Return a text of the template's settings with its expressions replaced.

        Raises:
            BadAnswer, MissingAnswer: if the questions do not take these options.
            TemplateFailed: if it cannot be rendered.
        """
        return self._texts.render(text, {**context(self._catalogue, options, Origin("")), **more})

    def _render(self, known: _Context) -> dict[str, bytes]:
        root = self._tree.led(self._texts.render(self.settings.get("subdirectory", ""), known))
        if root is None or not self._tree.is_folder(root):
            raise TemplateFailed("the template's _subdirectory is none of its folders")
        excluded = self._excluded(known)
        files: dict[str, bytes] = {}
        links: dict[str, str] = {}
        folders: set[str] = set()
        follow = not self.settings.get("preserve_symlinks")
        for path, found in self._tree.walk(root, follow=follow):
            for place, more in self._places(root, path, known):
                target = _inside(place)
                if excluded.match_file(place):
                    continue
                if found in self._tree.links:
                    links[target] = self._link(path, self._tree.links[found], known)
                elif self._tree.is_folder(found):
                    folders.add(target)
                else:
                    content = self._content(join(root, path), found, {**known, **more})
                    if files.setdefault(target, content) != content:
                        raise TemplateFailed(f"two of the template's files become {target}")
        for each in (*files, *links, *folders):
            folders.update(map(str, PurePosixPath(each).parents))
        if twice := folders.intersection({*files, *links}) or files.keys() & links.keys():
            raise TemplateFailed(f"the template makes {min(twice)} in two ways")
        return files | _through(links, files)

    def left_alone(self, options: Answers, origin: Origin, paths: Iterable[str]) -> set[str]:
        """Return which of these paths stay as they are in a project that has them."""
        known = context(self._catalogue, options, origin)
        spec = self._matched(self.settings.get("skip_if_exists", ()), known)
        return {path for path in paths if spec.match_file(path)}

    def _excluded(self, known: _Context) -> PathSpec[Any]:
        whole = normpath(self.settings.get("subdirectory", "")) == "."
        return self._matched(self.settings.get("exclude", _LEFT_OUT if whole else ()), known)

    def _matched(self, patterns: Iterable[str], known: _Context) -> PathSpec[Any]:
        copying = {**known, "_copier_operation": "copy"}
        lines = (
            normalize("NFD", line)
            for pattern in patterns
            for line in _BREAK.split(self._texts.render(pattern, copying))
        )
        return PathSpec.from_lines("gitignore", lines)

    def _places(
        self, root: str, path: str, known: _Context
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each place in the project that a path of the template comes to, with its own variables."""
        relative = PurePosixPath(path)
        is_template = relative.name.endswith(self._suffix)
        if self._suffix:
            if self._tree.exists(join(root, path) + self._suffix):
                return
            if is_template:
                relative = relative.with_suffix("")
        named = str(known["_copier_conf"]["answers_file"])
        left: list[tuple[tuple[str, ...], list[str], dict[str, Any]]]
        left = [(relative.parts, [], {})]
        while left:
            parts, done, more = left.pop()
            if not parts:
                place = str(PurePosixPath(*done))
                if is_template or not self._tree.exists(f"{place}{self._suffix}"):
                    yield place, more
                continue
            for part, variable in self._texts.each(parts[0], {**known, **more}, path):
                if part == named:
                    yield named, more | variable
                elif part:
                    left.append((parts[1:], [*done, part], more | variable))

    def _content(self, source: str, found: str, known: _Context) -> bytes:
        if source.rpartition("/")[2].endswith(self._suffix):
            try:
                return self._texts.file(source, known).encode()
            except UnicodeDecodeError:
                if self._suffix:
                    raise
        return self._tree.files[found]

    def _link(self, path: str, target: str, known: _Context) -> str:
        written = self._texts.render(target, known) if path.endswith(self._suffix) else target
        return str(PurePosixPath(written))


def _inside(place: str) -> str:
    """Return a place without dots, or refuse one that is outside the project."""
    target = normpath(place)
    if b"\0" in os.fsencode(place) or target.startswith("/") or target.split("/")[0] == "..":
        raise TemplateFailed(f"the template writes outside of the project: {place}")
    if any(len(os.fsencode(part)) > _LONGEST for part in target.split("/")):
        raise TemplateFailed(f"the template writes a name that is too long: {place[:60]}…")
    return target


def _through(links: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what is read through each link to a file, and refuse links that lead out of the project."""
    made = Tree(files, links)
    found: dict[str, bytes] = {}
    for path in links:
        place = made.led(path)
        if place is None:
            raise TemplateFailed(f"the template makes a link out of the project: {path}")
        if place in files:
            found[path] = files[place]
    return found
