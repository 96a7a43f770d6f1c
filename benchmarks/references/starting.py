"""Starts a reference: in an environment with the project's own versions, on the project's own server."""

import subprocess
from pathlib import Path

from scaffold.making.installing import find_uv

HERE = Path(__file__).parent
# What a reference needs beside its framework; what the project has, it has in the same version.
NEEDS = {
    "fastapi": ("fastapi", "asyncpg", "pyjwt"),
    "django": ("django", "psycopg[binary]", "pyjwt"),
    "flask": ("flask", "psycopg[binary,pool]", "pyjwt"),
}
SERVERS = {
    "uvicorn": ("uvicorn", "httptools", "uvloop"),
    "granian": ("granian",),
    "gunicorn": ("gunicorn",),
}
# With one the worker idles while PostgreSQL answers; 32 gave neither framework more.
THREADS = 10


def environment(framework: str, server: str, python: str, folder: Path) -> Path:
    """Install what the references need, and return the interpreter."""
    found = find_uv()
    uv = "uv" if found is None else found.path
    own = folder / "bin" / "python"
    frozen = subprocess.run(
        [uv, "pip", "freeze", "--exclude-editable", "--python", python],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    constraints = folder.with_suffix(".txt")
    constraints.write_text(frozen)
    wanted = (*NEEDS[framework], *SERVERS[server])
    for command in (
        [uv, "venv", "--quiet", "--python", python, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(own), "-c", str(constraints), *wanted],
    ):
        subprocess.run(command, check=True)
    return own


def command(python: Path, server: str, framework: str, module: str, port: int) -> list[str]:
    """Return what serves a reference with one worker, as the documentation of its server has it."""
    target, threads = f"{module}:app", str(THREADS)
    start = [str(python), "-m", server]
    match server:
        case "uvicorn":
            return [*start, target, f"--port={port}", "--no-access-log", "--log-level=warning"]
        case "gunicorn":
            return [*start, target, f"--bind=127.0.0.1:{port}", f"--threads={threads}"]
    if framework == "fastapi":
        return [*start, target, f"--port={port}", "--interface=asgi", "--log-level=warning"]
    threaded = ["--interface=wsgi", f"--blocking-threads={threads}", "--log-level=warning"]
    return [*start, target, f"--port={port}", *threaded]
