"""The values that flow through a run: what is to be made, and what became of it."""

from dataclasses import dataclass
from pathlib import Path

from scaffold.question import Answers


@dataclass(frozen=True)
class Project:
    """A project that has been decided on, with every option answered."""

    destination: Path
    options: Answers
    template: str
    version: str

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.options.get("project_name", self.destination.name))


@dataclass(frozen=True)
class Step:
    """One thing done, skipped or failed: `detail` says why, `remedy` what is left to type."""

    name: str
    status: str
    detail: str = ""
    remedy: str = ""
