"""The one door to Copier: no tasks, no trust, no prompts, no output, and nothing of the user's own settings."""

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from scaffold import git
from scaffold.errors import TemplateFailed
from scaffold.template import releases
from scaffold.template.source import Source


def render(source: Source, options: Mapping[str, Any], target: Path, scratch: Path) -> None:
    """Render the template into `target`; Copier's own clones and caches go to `scratch`.

    Raises:
        TemplateFailed: if the template is broken, or wants tasks or extensions.
    """
    if source.ref is None:
        # What cannot be read is refused before Copier waits for it.
        source.files()
    settings = [(f"url.{place}.insteadOf", url) for url, place in source.rewrites.items()]
    ignored = git.output("config", "--type=path", "core.excludesFile") if source.is_dirty else None
    if ignored:
        settings.append(("core.excludesFile", ignored))
    extra = git.configured(settings) | {
        "COPIER_CACHE_DIR": str(scratch / "cache"),
        # Copier reads a bundle from within a repository that it makes for that.
        "GIT_DEFAULT_HASH": releases.object_format(source.place),
    }
    with (
        _surroundings(git.environment(extra, apart=True), scratch),
        warnings.catch_warnings(),
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()),
    ):
        warnings.simplefilter("ignore")
        import copier
        from plumbum import local

        # plumbum, through which Copier calls git, keeps the environment of when it was imported.
        with local.env(**os.environ):
            for name in set(local.env.getdict()) - set(os.environ):
                del local.env[name]
            try:
                copier.run_copy(
                    source.recorded,
                    target,
                    dict(options),
                    vcs_ref=source.ref,
                    settings=copier.Settings(),
                    defaults=True,
                    quiet=True,
                )
            except Exception as error:
                raise TemplateFailed(f"the template cannot be rendered: {error}") from error


def require(minimum: str | None) -> None:
    """Raise `TemplateFailed` if a template needs a newer Copier than there is."""
    from importlib.metadata import version

    from packaging.version import InvalidVersion, Version

    try:
        if minimum is not None and Version(version("copier")) < Version(minimum):
            raise TemplateFailed(f"the template cannot be rendered: it needs Copier {minimum}")
    except InvalidVersion as error:
        raise TemplateFailed(f"the template cannot be rendered: {error}") from error


@contextmanager
def _surroundings(environment: Mapping[str, str], scratch: Path) -> Iterator[None]:
    before, temporary = dict(os.environ), tempfile.tempdir
    try:
        os.environ.clear()
        os.environ.update(environment)
        tempfile.tempdir = str(scratch)
        yield
    finally:
        tempfile.tempdir = temporary
        os.environ.clear()
        os.environ.update(before)
