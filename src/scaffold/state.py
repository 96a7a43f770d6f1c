"""Where this user's runs keep what outlives them (XDG Base Directory Specification)."""

import os
from pathlib import Path


def folder() -> Path | None:
    """Return the folder of this program's state; None if this user has no home."""
    try:
        base = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
        if not base.is_absolute():
            base = Path("~/.local/state").expanduser()
    except RuntimeError:
        return None
    return base / "scaffold"


def make(folder: Path) -> None:
    """Make a folder with those above it, for this user alone whatever the umask."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
