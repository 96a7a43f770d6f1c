"""A template's source as it is given: which URL git is asked for, and what of it is nobody's to read."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from scaffold.errors import BadSource

# What Copier takes for a git URL (its documentation, "Template sources").
_ALIASES = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_URLS = ("git@", "git://", "git+", "https://github.com/", "https://gitlab.com/")


class Address(NamedTuple):
    """A URL: `recorded` is what a project remembers, `url` what git is asked for.

    Neither has the credentials that were given; `private` has them, and is fetched in place of `url`.
    """

    recorded: str
    url: str
    private: str

    @property
    def has_credentials(self) -> bool:
        """Whether it was given with a name or a password that is kept out of sight."""
        return self.private != self.url


def parse(given: str) -> Address | None:
    """Return the URL that a source in Copier's terms is, or None if it is a path.

    Raises:
        BadSource: if it has a part that may hold a secret and cannot be left out.
    """
    private = _url(given)
    if private is None:
        return None
    try:
        query = urlsplit(private).query if "://" in private else ""
    except ValueError as error:
        raise BadSource(
            f"the template {public(given)} is no URL: {error}: give a path or git URL"
        ) from error
    if query:
        shown = public(private).partition("?")[0]
        raise BadSource(
            f"the template {shown} was given with a query (?…), which may hold a secret and would be "
            "in every project: give the URL without it, and the secret to git (git help credentials)"
        )
    return Address(public(given), public(private), private)


def public(text: str) -> str:
    """Return a text without what URLs in it may hold of secrets; the name of an SSH user is none."""
    text = re.sub(r"(\w://[^\s?'\"]*\?)[^\s'\"]+", r"\1…", text)
    return re.sub(r"(\w[\w+.-]*)://([^/\s]*)@", _without, text)


def _without(found: re.Match[str]) -> str:
    scheme, user = found[1], found[2].partition(":")[0]
    return f"{scheme}://{user}@" if scheme.endswith("ssh") else f"{scheme}://"


def _url(given: str) -> str | None:
    for alias, base in _ALIASES.items():
        if given.startswith(alias):
            given = base + given.removeprefix(alias).lstrip("/")
    if not given.startswith(_URLS) and not (given.endswith(".git") and ":" in given):
        return None
    plain = given.removeprefix("git+")
    return plain if plain.endswith(".git") or not plain.startswith("https://") else f"{plain}.git"
