"""A repository of this run's own, which reads the project's objects and writes none of them.

Bytes stay bytes in it: no filter, no line ends, no hooks and no configuration of the user's.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from scaffold import git
from scaffold.updating import repository
from scaffold.updating.repository import Entries, Entry, Repository

_ATTRIBUTES = "* -text -filter -ident -eol -working-tree-encoding !conflict-marker-size\n"
_CONFIGURATION = """
[core]
	fileMode = true
	symlinks = true
	precomposeUnicode = false
	protectHFS = false
	protectNTFS = false
	looseCompression = 1
	fsync = none
[gc]
	auto = 0
[merge]
	conflictStyle = merge
	directoryRenames = false
	renameLimit = 32767
	renames = true
	renormalize = false
[rerere]
	enabled = false
"""
# What the side of the template is called in conflict markers.
THEIRS = "template"


class Throwaway:
    """It merges in a working tree of its own, below `folder`."""

    def __init__(self, folder: Path, project: Repository) -> None:
        """Make the repository."""
        self.tree_folder = folder / "merge"
        form = {"GIT_DEFAULT_HASH": project.object_format}
        git.call("init", "--quiet", "--template=", self.tree_folder, apart=True, extra=form)
        self.place = self.tree_folder / ".git"
        for name in ("info", "objects/info"):
            (self.place / name).mkdir(parents=True, exist_ok=True)
        (self.place / "info/attributes").write_text(_ATTRIBUTES)
        alternate = os.fsencode(project.objects)
        if b"\n" in alternate or alternate.startswith((b'"', b"#")):
            # As git quotes what would be misread.
            alternate = b'"' + alternate.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        (self.place / "objects/info/alternates").write_bytes(alternate + b"\n")
        with (self.place / "config").open("a") as configuration:
            configuration.write(_CONFIGURATION)
        self._digits = len(project.head)
        self._indexes = 0

    def git(
        self, *arguments: str | Path, given: bytes = b"", extra: Mapping[str, str] | None = None
    ) -> bytes:
        """Run git here."""
        return git.data(
            *arguments, at=self.tree_folder, given=given, extra=extra, seconds=600, apart=True
        )

    def added(self, folder: Path) -> dict[str, Entry]:
        """Take in all files below a folder, and return them."""
        extra = self._index() | {"GIT_WORK_TREE": str(folder), "GIT_DIR": str(self.place)}
        git.call("add", "--all", "--force", ".", at=folder, extra=extra, seconds=600, apart=True)
        return repository.entries(
            self.git("ls-tree", "-r", "-z", self.git("write-tree", extra=extra).strip().decode())
        )

    def blob(self, content: bytes) -> str:
        """Take in a file's contents, and return its name."""
        return self.git("hash-object", "-w", "--stdin", given=content).strip().decode()

    def contents(self, *names: str) -> list[bytes]:
        """Return the contents of objects."""
        return repository.contents(self.tree_folder, names)

    def tree(self, entries: Entries, base: str | None = None, prefix: str = "") -> str:
        """Return the tree of these entries; with the other files of a `base`, if they go below it."""
        extra = self._index()
        gone: list[str] = []
        if base is not None:
            self.git("read-tree", base, extra=extra)
            inside = ("ls-files", "-z", "--", prefix or ".")
            gone = os.fsdecode(self.git("--literal-pathspecs", *inside, extra=extra)).split("\0")[
                :-1
            ]
        lines = [f"0 {'0' * self._digits}\t{path}\0" for path in gone]
        lines += [
            f"{each.mode} {each.name}\t{prefix}{path}\0" for path, each in sorted(entries.items())
        ]
        given = os.fsencode("".join(lines))
        self.git("update-index", "-z", "--index-info", given=given, extra=extra)
        return self.git("write-tree", "--missing-ok", extra=extra).strip().decode()

    def commit(self, tree: str, *parents: str) -> str:
        """Return a commit of a tree."""
        after = [part for each in parents for part in ("-p", each)]
        return self.git("commit-tree", tree, *after, "-m", "scaffold").strip().decode()

    def moved(self, old: str, new: str) -> dict[str, str]:
        """Return what git takes for the same file under another name in another tree, whatever its line ends."""
        only = ("-M", "-l32767", "--diff-filter=R", "--name-status")
        listed = os.fsdecode(self.git("diff-tree", "-r", "-z", *only, old, new))
        parts = listed.split("\0")[:-1]
        return dict(zip(parts[1::3], parts[2::3], strict=True))

    def merge(self, base: str, ours: str, theirs: str) -> dict[str, dict[int, Entry]]:
        """Merge two trees that come from a base; return what came of each path by stage, 0 if merged."""
        root = self.commit(base)
        mine, other = self.commit(ours, root), self.commit(theirs, root)
        self.git("checkout", "--quiet", "--force", "--detach", mine)
        self.git("branch", "--quiet", THEIRS, other)
        try:
            self.git("merge", "--quiet", "--no-commit", "--no-ff", THEIRS)
        except git.GitError:
            if not (self.place / "MERGE_HEAD").exists():
                raise
        found: dict[str, dict[int, Entry]] = {}
        for line in os.fsdecode(self.git("ls-files", "-s", "-z")).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, name, stage = about.split()
            found.setdefault(path, {})[int(stage)] = Entry(mode, name)
        return found

    def written(self, path: str) -> str | None:
        """Take in what the merge wrote at a path, and return its name; None if it wrote no file there."""
        file = self.tree_folder / path
        if file.is_symlink() or not file.is_file():
            return None
        return self.blob(file.read_bytes())

    def _index(self) -> dict[str, str]:
        self._indexes += 1
        return {"GIT_INDEX_FILE": str(self.place / f"index-{self._indexes}")}
