"""What the template's changelog says of the versions between two: the same file says it of the tool.

The tree of a template is its questions and its files alone, so the changelog of our own travels in the
package; that of another template is read where it has one.
"""

import re
import textwrap
from pathlib import Path

from scaffold.template import releases
from scaffold.template.source import Source

NAME = "CHANGELOG.md"
_PACKAGE = Path(__file__).parents[1]
_UNRELEASED = "Unreleased"


def between(old: Source, new: Source) -> list[str]:
    """Return what changed after one version up to another, section by section, the newest first."""
    text = new.read(NAME) or (_packaged() if new.is_own else None)
    before, after = releases.named(old.version), releases.named(new.version)
    if text is None or before is None or after is None:
        return []
    found: list[str] = []
    for title, body in _sections(text, 2):
        version = releases.named(title.split()[0].strip("[]v")) if title.split() else None
        if title == _UNRELEASED:
            wanted = after.is_prerelease or after.is_postrelease
        else:
            wanted = version is not None and before < version <= after
        if wanted:
            parts = dict(_sections(body, 3))
            found.append(f"{title}\n{parts.get('Template', body).strip()}")
    return found


def fitted(section: str, width: int | None) -> list[str]:
    """Return the lines of a section, wrapped anew where one is longer than a terminal is wide."""
    lines = section.splitlines()
    if width is None or "```" in section or all(len(each) <= width for each in lines):
        return lines
    items: list[str] = []
    for line in lines:
        if items and items[-1] and re.match(r"  [^-*\s]", line):
            items[-1] += f" {line.strip()}"
        else:
            items.append(line)
    wrapped: list[str] = []
    for item in items:
        deeper = " " * len(re.match(r"\s*([-*] )?", item)[0])  # type: ignore[index]
        wrapped += textwrap.wrap(
            item, width, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return wrapped


def _packaged() -> str | None:
    places = (_PACKAGE, _PACKAGE.parents[1])
    file = next((each / NAME for each in places if (each / NAME).is_file()), None)
    return None if file is None else file.read_text(encoding="utf-8")


def _sections(text: str, level: int) -> list[tuple[str, str]]:
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    return list(zip(map(str.strip, parts[1::2]), parts[2::2], strict=True))
