"""How far a project is proven, in one line and as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers
from scaffold.errors import ScaffoldError
from scaffold.evidence import shipped
from scaffold.evidence.lock import Compared, compare
from scaffold.evidence.shipped import Choice, Evidence
from scaffold.evidence.verdict import Verdict, judge
from scaffold.template.source import Source

NOTHING = "Nothing is proven of this template yet: no evidence came with this build."
# Of two choices that were not served together, so many are named in the line; JSON has all of them.
_MOST = 3
_SERVED = {
    "combination": "this very combination was installed, tested and served",
    "pairs": "each two of its choices were installed, tested and served together",
    "part": "each other two of its choices were installed, tested and served together",
}


class Proof(NamedTuple):
    """The evidence with what it says of a project; `same` if that has the very template that was proven."""

    evidence: Evidence | None
    verdict: Verdict | None
    same: bool
    lacking: str = NOTHING

    def line(self, lock: Path) -> str:
        """Return what is proven, when and with what, and how much of the project's lock is newer."""
        if self.evidence is None or self.verdict is None:
            return self.lacking
        unproven, apart = self.verdict.unproven, self.verdict.apart
        lacking = [f"not {_named(each)} ({why})" for each, why in unproven.items()]
        lacking += [f"not {_named(one)} with {_named(other)}" for one, other in apart[:_MOST]]
        if len(apart) > _MOST:
            lacking.append(f"nor {len(apart) - _MOST} more pairs")
        said = [", ".join(lacking)] if lacking else []
        said.append(_SERVED[self.verdict.scope] + _versions(self.verdict.versions))
        if compared := compare(lock, self.evidence.packages):
            said.append(_newer(compared))
        proven = f"{'Proven in part' if lacking else 'Proven'} on {self.evidence.date}"
        if not self.same:
            proven += f", with the template of {self.evidence.version}, which is not this one"
        return f"{proven}: {'; '.join(said)}."

    def as_json(self, lock: Path) -> dict[str, Any] | None:
        """Return the same as an object; None if there is no evidence."""
        if self.evidence is None or self.verdict is None:
            return None
        compared = compare(lock, self.evidence.packages)
        return {
            "version": self.evidence.version,
            "date": self.evidence.date,
            "template": self.evidence.template,
            "same_template": self.same,
            "scope": self.verdict.scope,
            "unproven": lacks(self.verdict.unproven),
            "apart": [dict(pair) for pair in self.verdict.apart],
            "versions": dict(self.verdict.versions),
            "packages": None if compared is None else compared._asdict(),
        }


def of(found: Source, catalogue: Catalogue, answers: Answers) -> Proof | None:
    """Return how far a project is proven; None if it has another's template, of which nothing is known."""
    if not found.is_own:
        return None
    try:
        evidence = shipped.load()
    except ScaffoldError as error:
        # It is told by `options --evidence` too; no project fails to be made for want of it.
        return Proof(None, None, same=False, lacking=f"No proof can be told: {error}.")
    if evidence is None:
        return Proof(None, None, same=False)
    return Proof(evidence, judge(evidence, catalogue, answers), found.tree == evidence.template)


def lacks(unproven: Mapping[Choice, str]) -> list[dict[str, str]]:
    """Return choices that are not proven, for the JSON forms."""
    return [
        {"option": name, "value": value, "reason": why} for (name, value), why in unproven.items()
    ]


def _named(choice: Choice) -> str:
    return "=".join(choice)


def _versions(found: Mapping[str, list[str]]) -> str:
    named = ", ".join(f"{name} {' and '.join(versions)}" for name, versions in found.items())
    return f", with {named}" if named else ""


def _newer(compared: Compared) -> str:
    of = f"of the {compared.locked} packages locked here"
    said = f"{compared.newer or 'none'} {of} {'are' if compared.newer > 1 else 'is'} newer"
    return f"{said}, {compared.unknown} unknown then" if compared.unknown else said
