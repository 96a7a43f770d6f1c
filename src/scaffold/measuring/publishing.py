"""What a run leaves behind: a page, a picture and the figures, all of them or none."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold import stopping
from scaffold.errors import BadDestination, ScaffoldError
from scaffold.measuring import chart, table

PAGE, CHART, FIGURES = "bench.md", "bench.svg", "bench.json"


def check(folder: Path) -> None:
    """Refuse a folder in which something else has the name of what would be written.

    Raises:
        BadDestination: with what is in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise BadDestination(f"{folder} is no folder: give --output another one")
    above = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        raise BadDestination(f"{above} is not writable: give --output another folder")
    page = folder / PAGE
    known = page.is_file() and table.MARK in page.read_text(encoding="utf-8", errors="replace")
    taken = [name for name in (PAGE, CHART, FIGURES) if (folder / name).exists()]
    if taken and not known:
        raise BadDestination(
            f"{folder / taken[0]} is there, and not of an earlier run: move it away, or give --output "
            "another folder"
        )


def publish(seen: Mapping[str, Any], folder: Path) -> list[str]:
    """Write the page, the picture and the figures; return where they are.

    Raises:
        ScaffoldError: if they cannot be written.
    """
    texts = {
        CHART: chart.picture(seen),
        FIGURES: json.dumps(seen, indent=2, ensure_ascii=False) + "\n",
        PAGE: table.page(seen, CHART),
    }
    beside = {name: folder / f".{name}.{os.getpid()}" for name in texts}
    with stopping.deferred():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in texts.items():
                beside[name].write_text(text, encoding="utf-8")
            for name, file in beside.items():
                file.replace(folder / name)
        except OSError as error:
            raise ScaffoldError(f"the figures cannot be written: {error}") from error
        finally:
            for file in beside.values():
                file.unlink(missing_ok=True)
    return [str(folder / name) for name in texts]
