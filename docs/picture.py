"""Draws the README's pictures: what `scaffold` shows on a terminal, and what a project of it shows.

Run it with the interpreter that scaffold is installed for, its test tools included: python docs/picture.py
It needs tmux, chromium and its driver, and a network or uv's cache for the project that it makes and serves.
"""

import base64
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import pexpect
from rich.console import Console
from rich.text import Text
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By

HERE = Path(__file__).parent
ANSWERS = "{purpose: api, team: [async-typing], scope: medium, admin: yes, docs: yes}"
WIDTH, HEIGHT = 80, 24
PASSWORD = "a long enough secret"
SECONDS = 60
LARGEST = 150_000


def main() -> None:
    """Draw them all."""
    (HERE / "recommendation.svg").write_text(
        drawn(report(), "recommend --answers api.yml", "recommendation")
    )
    with tempfile.TemporaryDirectory() as folder:
        (HERE / "choice.svg").write_text(drawn(choice(Path(folder)), "", "choice"))
        with served(Path(folder)) as address, browser() as seen:
            photograph(seen, address)


def report() -> str:
    """Return what a terminal of 80 columns gets, colours included."""
    command = f"echo '{ANSWERS}' | {sys.executable} -m scaffold recommend --answers -"
    child = pexpect.spawn(
        "/bin/sh", ["-c", command], encoding="utf-8", dimensions=(HEIGHT, WIDTH), timeout=SECONDS
    )
    child.expect(pexpect.EOF)
    return str(child.before).replace("\r\n", "\n")


def choice(folder: Path) -> str:
    """Return the screen on which the framework is chosen, the second row pointed at."""
    command = shlex.join([sys.executable, "-m", "scaffold", "new", "shop", "--allow-dirty"])
    tmux = ["tmux", "-L", f"scaffold-{os.getpid()}"]

    def screen() -> str:
        return subprocess.check_output([*tmux, "capture-pane", "-p", "-e"], text=True)

    def type_until(text: str, *keys: str) -> None:
        before = plain(screen())
        subprocess.run([*tmux, "send-keys", *keys], check=True)
        wait_for(lambda: text in plain(screen()) and plain(screen()) != before)

    size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
    start = ["new-session", "-d", "-c", str(folder), "-e", f"HOME={folder}", *size, command]
    subprocess.run([*tmux, *start], check=True)
    try:
        wait_for(lambda: "[1/" in plain(screen()) and "Ctrl-C" in screen())
        type_until("[2/", "Down", "Enter")
        while "Which framework?" not in plain(screen()):
            type_until("Ctrl-C: stop", "Enter")
        return screen().rstrip("\n")
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def plain(shown: str) -> str:
    """Return what is shown without its colours."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


def drawn(text: str, arguments: str, name: str) -> str:
    """Return the picture; its font is whatever the viewer has, so that it needs no other host."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    typed = f"$ scaffold {arguments}\n" if arguments else ""
    console.print(Text.from_ansi(typed + text))
    svg = console.export_svg(
        title=f"scaffold {arguments.partition(' ')[0] or 'new'}", unique_id=name
    )
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Make a project with pages, some users in it, and serve it; yield its address."""
    options = ["pages=htmx", "deploy=none", "ci=none", "description=Orders and stock"]
    given = [word for option in options for word in ("-d", option)]
    new = [sys.executable, "-m", "scaffold", "new", "shop", "--framework", "django", "-y"]
    subprocess.run([*new, "--no-git", "--allow-dirty", *given], cwd=folder, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shop = folder / "shop"
    environment = os.environ | {"PORT": str(port), "ADMIN_PASSWORD": PASSWORD}
    server = subprocess.Popen(
        ["uv", "run", "shop", "dev"], cwd=shop, env=environment, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        with suppress(OSError):
            return bool(urlopen(f"{address}/health/ready").status == 200)
        return False

    try:
        wait_for(answers)
        for person in ("Ann Lee", "Ben Okafor", "Chiara Rossi"):
            email = f"{person.split()[0].lower()}@example.com"
            admin = ["uv", "run", "shop", "admin", "--email", email, "--name", person]
            subprocess.run(admin, cwd=shop, env=environment, check=True)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # What reloads has nothing to finish.
        server.wait()


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """Open Debian's chromium without a screen."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--hide-scrollbars",
        "--window-size=900,620",
    ):
        options.add_argument(argument)
    opened = webdriver.Chrome(options=options, service=Driver(shutil.which("chromedriver")))
    try:
        yield opened
    finally:
        opened.quit()


def photograph(seen: webdriver.Chrome, address: str) -> None:
    """Take a picture of the pages, and one of the documentation."""
    seen.get(f"{address}/login")
    for kind, value in (("email", "ann@example.com"), ("password", PASSWORD)):
        seen.find_element(By.CSS_SELECTOR, f"input[type={kind}]").send_keys(value)
    seen.find_element(By.CSS_SELECTOR, "main form [type=submit], main form button").click()
    wait_for(lambda: not seen.current_url.endswith("/login"))
    seen.get(f"{address}/users")
    wait_for(lambda: "Chiara Rossi" in seen.page_source)
    keep(seen, "pages.png")
    seen.get(f"{address}/docs")
    wait_for(lambda: bool(seen.find_elements(By.CSS_SELECTOR, ".opblock")))
    keep(seen, "documentation.png")


def keep(seen: webdriver.Chrome, name: str) -> None:
    """Write what the window shows."""
    shot = seen.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    picture = base64.b64decode(shot["data"])
    if len(picture) > LARGEST:
        raise SystemExit(f"{name} has {len(picture)} bytes")
    (HERE / name).write_bytes(picture)


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until that is so, or end after a minute."""
    end = time.monotonic() + SECONDS
    while not happened():
        if time.monotonic() > end:
            raise SystemExit("it did not come to that within a minute")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
