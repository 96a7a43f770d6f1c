"""Clones of a template, from a bundle that is here or a URL, in a folder of this run's."""

import os
from collections.abc import Mapping
from pathlib import Path

from scaffold import git
from scaffold.errors import BadSource, ScaffoldError
from scaffold.template.address import Address, public


def rewrites(url: str, repository: Path) -> dict[str, Path]:
    """Return what git finds in the clone instead of at the URL, with or without its ending."""
    bare = url.removeprefix("git+").removesuffix(".git")
    return {bare: repository, f"{bare}.git": repository}


def mirror(place: Path, folder: Path, failure: type[ScaffoldError] = BadSource) -> Path:
    """Clone a bundle that is here.

    Raises:
        ScaffoldError: the `failure`, if that cannot be done.
    """
    return _cloned(str(place), folder, {}, failure, apart=True)


def fetched(found: Address, folder: Path) -> Path:
    """Clone what the user's git may reach; credentials are in no command line of ours.

    Raises:
        BadSource: if it cannot be reached.
    """
    settings = [("core.hooksPath", os.devnull)]
    if found.has_credentials:
        settings.append((f"url.{found.private}.insteadOf", found.url))
    before = os.environ.get("GIT_CONFIG_COUNT", "")
    start = int(before) if before.isdecimal() else 0
    extra = git.configured(settings, start=start)
    return _cloned(found.url, folder, extra, BadSource, apart=False)


def _cloned(
    url: str, folder: Path, extra: Mapping[str, str], failure: type[ScaffoldError], *, apart: bool
) -> Path:
    target = folder / "template.git"
    plain = ("--quiet", "--bare", "--template=")
    try:
        git.call("clone", *plain, "--", url, target, extra=extra, seconds=120, apart=apart)
    except git.GitError as error:
        # A transport that the user's settings forbid says nothing against the source.
        kind = ScaffoldError if "not allowed" in str(error) else failure
        said = public(str(error))
        raise kind(f"the template at {url} cannot be fetched: {said}") from error
    return target
