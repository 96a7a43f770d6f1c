"""Runs of a project's program that end soon, many at a time: they share what is imported, and nothing else."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .installed import Installed, surroundings

# Each run is a child of its own, which ends as the interpreter ends it; one that does not end is stopped.
FORKING = """
import importlib, json, os, runpy, signal, sys

package, folder, words, environments = json.load(sys.stdin)
is_django = words[0] == "manage.py"
if is_django:
    importlib.import_module("django.core.management")
    importlib.import_module(f"{package}.environment")
else:
    # What it imports stays; the module itself is to be run.
    importlib.import_module(f"{package}.__main__")
    del sys.modules[f"{package}.__main__"]
statuses = []
for number, environment in enumerate(environments):
    child = os.fork()
    if not child:
        break
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    print(json.dumps(statuses))
    sys.exit()
signal.alarm(60)
with open(f"{folder}/{number}", "wb") as said:
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
os.environ.update(environment)
sys.argv = words
if is_django:
    runpy.run_path(words[0], run_name="__main__")
else:
    sys.argv = words[1:]
    runpy.run_module(package, run_name="__main__", alter_sys=True)
"""


def endings(
    project: Installed, command: str, environments: Sequence[Mapping[str, str]], folder: Path
) -> list[tuple[int, str]]:
    """The status with which a command ends in each of these environments, and all that it says."""
    words = [*str(project.combination.facts["program"]).split()[1:], command]
    given = [project.combination.package, str(folder), words, environments]
    done = subprocess.run(
        [project.python, "-c", FORKING],
        cwd=project.root,
        env=surroundings(),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    said = [
        (folder / str(number)).read_text(encoding="utf-8") for number in range(len(environments))
    ]
    return list(zip(json.loads(done.stdout), said, strict=True))
