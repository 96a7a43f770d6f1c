"""A template at one version: what a project records of it, and what is read of it meanwhile."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from scaffold import git
from scaffold.errors import BadSource, TemplateFailed
from scaffold.template import releases, tree
from scaffold.template.tree import Tree


class Source(NamedTuple):
    """A template at one version.

    `recorded` is what the project remembers, `ref` what Copier is asked to check out (None for a
    folder without history), `version` what people call that, `place` the repository or folder it is
    read from, and `rewrites` the URLs that git finds there instead of on the network. What is written
    from a template that is not our own runs nothing unless it is trusted.
    """

    recorded: str
    place: Path
    ref: str | None = None
    version: str = ""
    rewrites: Mapping[str, Path] = MappingProxyType({})
    warnings: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def is_dirty(self) -> bool:
        """Whether it is read with changes that are not committed."""
        return self.ref == "HEAD"

    @property
    def tree(self) -> str | None:
        """What identifies its files, as `releases.toml` has it; None where they are not committed."""
        return None if self.ref is None or self.is_dirty else releases.tree(self.place, self.ref)

    def read(self, path: str) -> str | None:
        """Return the text of a file of the template, or None if it has none of that name in it."""
        if self.ref is None or self.is_dirty:
            file = (self.place / path).resolve()
            if not file.is_relative_to(self.place.resolve()) or not file.is_file():
                return None
            return file.read_text(encoding="utf-8", errors="surrogateescape")
        try:
            return git.call("cat-file", "blob", f"{self.ref}:{path}", at=self.place, apart=True)
        except git.GitError:
            return None

    def files(self) -> Tree:
        """Return all of its files.

        Raises:
            TemplateFailed: if they are too many or cannot be read.
        """
        try:
            if self.ref is None:
                return tree.folder(self.place)
            if self.is_dirty:
                return tree.kept(self.place)
            return tree.committed(self.place, self.ref)
        except OSError as error:
            raise TemplateFailed(f"the template cannot be read: {error}") from error

    def at(self, ref: str) -> "Source":
        """Return the same template at another version.

        Raises:
            BadSource: if it has none of that name.
        """
        commit = releases.commit(self.place, ref)
        if commit is None:
            raise BadSource(f'{self.recorded} has no ref "{ref}"')
        return self._replace(ref=commit, version=releases.describe(self.place, commit))

    def described(self) -> dict[str, str | None]:
        """Return what identifies it, for the JSON forms."""
        return {"source": self.recorded, "ref": self.version or None, "commit": self.ref}

    def catalogue(self) -> str:
        """Return the text of the template's questions.

        Raises:
            BadSource: if it has none.
        """
        text = self.read("copier.yml") or self.read("copier.yaml")
        if text is None:
            raise BadSource(f"{self.recorded} is no template: it has no copier.yml")
        return text
