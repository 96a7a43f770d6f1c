"""The values that flow through a run: what is to be made, and what became of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Project(NamedTuple):
    """A project that has been decided on, with every option answered."""

    destination: Path
    options: Mapping[str, Any]
    template: str
    version: str

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.options.get("project_name", self.destination.name))


class FollowUp(NamedTuple):
    """One thing after the files, done, skipped or failed: `detail` says why, `remedy` what is left to type."""

    name: str
    status: str
    detail: str = ""
    remedy: str = ""
