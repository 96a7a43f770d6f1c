"""A process that has imported the programs, and forks for each run of one: most of a short run is importing.

A run is a process of its own all the same, with its own folder, environment, streams and terminal.
"""

import atexit
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LIBRARIES = ("copier._cli", "questionary", "rich.status", "jinja2_ansible_filters", "pathspec")
STREAMS = (0, 1, 2)


def early(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that Python reads as it starts: a fork is too late for them."""
    names = [name for name in environment if name.startswith(("PYTHON", "LANG", "LC_"))]
    return {name: environment[name] for name in names}


class Run:
    """A run that goes on, with what of `subprocess.Popen` the tests need."""

    def __init__(self, told: socket.socket) -> None:
        """Take the socket on which the number of the process comes, and its status at the end."""
        self._told = told
        self._lines = told.makefile()
        self.pid = int(self._lines.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the status, if there is one yet."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        """Wait for the end and return the status."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                self.send_signal(signal.SIGKILL)
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            self.returncode = int(self._lines.readline())
            self._lines.close()
            self._told.close()
        return self.returncode

    def send_signal(self, kind: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, kind)


class Server:
    """The process that forks."""

    def __init__(self, template: Path, *, through: Sequence[str] = ()) -> None:
        """Start it, `through` another command; what is rendered of the template is compiled there once."""
        self._socket, theirs = socket.socketpair()
        with theirs:
            subprocess.run(
                [*through, sys.executable, __file__, str(theirs.fileno()), str(template)],
                pass_fds=[theirs.fileno()],
                check=True,
            )

    def close(self) -> None:
        """End it, as nobody can ask it for anything any more."""
        self._socket.close()

    def start(
        self,
        program: str,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        streams: Sequence[int],
        *,
        terminal: bool = False,
    ) -> Run:
        """Start a run of `scaffold` or `copier` with these descriptors as its standard streams."""
        told, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._socket, [b"."], [theirs.fileno(), *streams])
        asked = [program, list(arguments), str(folder), dict(environment), terminal]
        told.sendall(json.dumps(asked).encode() + b"\n")
        return Run(told)

    def run(
        self,
        program: str,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        typed: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run one to its end."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as said,
            tempfile.TemporaryFile() as complained,
        ):
            given.write(typed.encode("utf-8", "surrogateescape"))
            given.seek(0)
            streams = [file.fileno() for file in (given, said, complained)]
            status = self.start(program, arguments, folder, environment, streams).wait()
            texts = []
            for file in (said, complained):
                file.seek(0)
                texts.append(file.read().decode())
        return subprocess.CompletedProcess([program, *arguments], status, *texts)


def serve(server: socket.socket) -> str:
    """Fork for each request; return in the process of a run, with its program."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        asked, descriptors, _, _ = socket.recv_fds(server, 1, 4)
        if not asked:
            sys.exit()
        # One process waits for the run, so that this one needs not.
        if os.fork():
            for descriptor in descriptors:
                os.close(descriptor)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            continue
        server.close()
        told, *streams = descriptors
        with socket.socket(fileno=told) as teller:
            wanted = json.loads(teller.makefile().readline())
            child = os.fork()
            if child:
                for descriptor in streams:
                    os.close(descriptor)
                teller.sendall(b"%d\n" % child)
                status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                teller.sendall(b"%d\n" % status)
                os._exit(0)
        return become(streams, *wanted)


def become(
    streams: Sequence[int],
    program: str,
    arguments: list[str],
    folder: str,
    environment: dict[str, str],
    terminal: bool,
) -> str:
    """Make this process what was asked for."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if terminal:
        os.setsid()
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    for stream, name in zip(STREAMS, ("stdin", "stdout", "stderr"), strict=True):
        os.dup2(streams[stream], stream)
        os.close(streams[stream])
        before = getattr(sys, name)
        mode, line_buffering = ("r", False) if stream == 0 else ("w", stream == 2 or terminal)
        opened: Any = os.fdopen(
            stream, mode, encoding=before.encoding, errors=before.errors, closefd=False
        )
        if line_buffering:
            opened.reconfigure(line_buffering=True)
        for each in (name, f"__{name}__"):
            setattr(sys, each, opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [program, *arguments]
    return program


def main() -> None:
    """Import everything, render a template once, and serve."""
    # The program waits for the children of its process, and tests run it in theirs.
    if os.fork():
        os._exit(0)
    import scaffold

    names = [each.name for each in pkgutil.walk_packages(scaffold.__path__, "scaffold.")]
    for name in (*names, *LIBRARIES):
        importlib.import_module(name)
    from templates.rendering import compiled_once, copied

    with compiled_once():
        with tempfile.TemporaryDirectory() as place:
            answers = {"project_name": "Demo", "framework": "fastapi"}
            copied(Path(sys.argv[2]), Path(place), answers)
        gc.freeze()
        program = serve(socket.socket(fileno=int(sys.argv[1])))
        from copier._cli import CopierApp

        from scaffold import __main__ as scaffold_

        try:
            if program == "copier":
                CopierApp.run()
            scaffold_.main()
        except SystemExit as ended:
            # Taking down all that was imported takes longer than many runs.
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended.code if isinstance(ended.code, int) else int(ended.code is not None))


if __name__ == "__main__":
    main()
