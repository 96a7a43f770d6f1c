"""The values that flow through a run: what is to be made, and what became of it."""

from pathlib import Path
from typing import NamedTuple

from scaffold.question import Answers


class Project(NamedTuple):
    """A project that has been decided on, with every option answered."""

    destination: Path
    options: Answers
    template: str
    version: str

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.options.get("project_name", self.destination.name))


class Step(NamedTuple):
    """One thing done, skipped or failed: `detail` says why, `remedy` what is left to type."""

    name: str
    status: str
    detail: str = ""
    remedy: str = ""
