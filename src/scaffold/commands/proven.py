"""What `scaffold options --evidence` shows: what was proven of our own template, and what was not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scaffold.errors import UsageError
from scaffold.evidence import proof, shipped, tables
from scaffold.evidence.shipped import Choice
from scaffold.report import Report
from scaffold.template.source import Source


def show(
    found: Source, listed: Sequence[Mapping[str, Any]], framework: str | None, to: Report
) -> None:
    """Show the evidence, of one framework or of all of them; `listed` are the options of the template.

    Raises:
        UsageError: if the template is another's.
    """
    if not found.is_own:
        raise UsageError(
            "--evidence tells of the template that came with scaffold: leave out --template, "
            "and unset SCAFFOLD_TEMPLATE"
        )
    evidence = shipped.load()
    if evidence is None:
        to.say(proof.NOTHING)
        if to.as_json:
            to.json({"template": found.described(), "evidence": None})
        return
    same = found.tree == evidence.template
    unproven = evidence.unproven(_offered(listed))
    if framework is not None:
        evidence = evidence.of(framework)
    to.lines(tables.lines(evidence, unproven, same=same))
    if to.as_json:
        to.json(
            {
                "template": found.described(),
                "same_template": same,
                "evidence": evidence.data,
                "unproven": proof.lacks(unproven),
            }
        )


def _offered(listed: Sequence[Mapping[str, Any]]) -> Iterator[Choice]:
    for option in listed:
        if option["type"] == "bool":
            yield from ((option["id"], value) for value in ("yes", "no"))
        yield from ((option["id"], choice["value"]) for choice in option["choices"])
