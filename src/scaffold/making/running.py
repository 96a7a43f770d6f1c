"""Runs the programs that follow the files: none can prompt, and none outlives its time."""

import os
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scaffold import git, stopping


class Ran(NamedTuple):
    """What went wrong, or nothing; and what was written on standard output."""

    failure: str
    output: str = ""


def run(
    command: list[str],
    folder: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    grace: float = 0,
) -> Ran:
    """Run a command in a folder, in git's environment unless given another.

    One that is still running when this ends, by a signal or for its time, is killed; before that it has
    the seconds of `grace` to end by itself, interrupted as by Ctrl-C.

    Its output goes to files, since a pipe held open by a grandchild, such as a commit hook's, would
    be waited for.
    """
    import subprocess

    name = Path(command[0]).name
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = None
        try:
            # A signal that came amid this would leave a program that nobody knows of.
            with stopping.put_off():
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=dict(environment or git.environment()) | {"GIT_EDITOR": "true"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=errors,
                    start_new_session=True,
                )
            status = process.wait(seconds)
        except OSError as error:
            return Ran(str(error))
        except subprocess.TimeoutExpired:
            return Ran(f"{name} took longer than {seconds:.0f} seconds")
        finally:
            if process is not None and process.poll() is None:
                if grace:
                    os.killpg(process.pid, signal.SIGINT)
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(grace)
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "surrogateescape"))
    said = "\n".join(text.strip() for text in reversed(texts) if text.strip())
    readable = said.encode("utf-8", "replace").decode()
    return Ran((readable or f"status {status}") if status else "", texts[0])
