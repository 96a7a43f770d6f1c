"""The template that travels in a wheel: a git bundle, kept where projects can find it again."""

from pathlib import Path

RECORDED = "~/.local/share/scaffold/templates.bundle"
DISTRIBUTION = "scaffold-web"
_PACKED = Path(__file__).with_name("templates.bundle")


def version() -> str:
    """Return the version of the installed package."""
    from importlib.metadata import version

    return version(DISTRIBUTION)


def repository_url() -> str | None:
    """Return the repository that the package's metadata names, as Copier takes it, if it does."""
    return None


def install() -> Path | None:
    """Put the packed bundle where projects look for it, unless what is there has it all."""
    return None


def refresh() -> None:
    """Do what `install` does, as far as it can be done: most commands go on without it."""
