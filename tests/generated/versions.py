"""What a project was installed with, for the record of a run."""

from importlib.metadata import distributions

from packaging.utils import canonicalize_name

from .installed import Installed


def installed(project: Installed) -> dict[str, str]:
    """Its Python, and every package of its environment."""
    settings = (project.root / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8")
    python = dict(line.split(" = ", 1) for line in settings.splitlines())["version_info"]
    (folder,) = project.root.glob(".venv/lib/python*/site-packages")
    found = {str(canonicalize_name(x.name)): x.version for x in distributions(path=[str(folder)])}
    return {"python": python, **found}


def builtin(project: Installed) -> dict[str, str]:
    """The database that is a part of its Python; a server is asked when the project is served."""
    if not project.combination.facts["has_sqlite"]:
        return {}
    asked = project.run(project.python, "-c", "import sqlite3; print(sqlite3.sqlite_version)")
    return {"sqlite": asked.stdout.strip()}
