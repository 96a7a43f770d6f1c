"""What the settings of a project refuse."""

import json
import subprocess
from collections.abc import Iterable

from .installed import Installed, surroundings


def refusals(project: Installed, urls: Iterable[str]) -> list[str]:
    """What the settings say to each of these databases; nothing where they take it."""
    code = f"""
import json, os, sys
{project.importing_settings}
for url in json.load(sys.stdin):
    os.environ["DATABASE_URL"] = url
    getattr(load_settings, "cache_clear", str)()
    try:
        load_settings()
        print(json.dumps(""))
    except Exception as error:
        print(json.dumps(str(error)))
"""
    done = subprocess.run(
        [project.python, "-c", code],
        cwd=project.root,
        env=surroundings(ENVIRONMENT="test"),
        input=json.dumps(list(urls)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
