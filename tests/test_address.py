"""Credentials in a template's URL reach the server that they are for, and nothing else."""

import base64
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Inside, contents, git

from scaffold.errors import BadSource
from scaffold.template import address

SECRET = "s3cr3t%40word"
GIVEN = f"https://ada:{SECRET}@example.com/it.git"


class Guarded(http.server.SimpleHTTPRequestHandler):
    """Serves files to whoever knows the password."""

    def do_GET(self) -> None:
        """Ask for the password first."""
        expected = base64.b64encode(b"ada:s3cr3t@word").decode()
        if self.headers.get("Authorization") == f"Basic {expected}":
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="templates"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(changed_template: Path, tmp_path: Path) -> Iterator[str]:
    """A host that serves the template as `it.git`, to whoever knows the password."""
    folder = tmp_path / "served"
    git(tmp_path, "clone", "--quiet", "--bare", str(changed_template), str(folder / "it.git"))
    git(folder / "it.git", "gc", "--quiet")
    git(folder / "it.git", "update-server-info")
    handler = functools.partial(Guarded, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.few(1)
@pytest.mark.parametrize("prefix", ["", "git+"])
@pytest.mark.parametrize("as_json", [True, False])
def test_a_password_is_used_and_kept_nowhere(
    inside: Inside, served: str, prefix: str, as_json: bool
) -> None:
    given = f"{prefix}http://ada:{SECRET}@{served}/it.git"
    flags = ("--framework", "fastapi", "--no-install", "--trust", *(["--json"] * as_json))
    done = inside("new", "demo", "--yes", "--template", given, *flags)
    assert done.returncode == 0, done.stderr
    assert "s3cr3t" not in done.stdout + done.stderr
    assert (
        f"{prefix}http://{served}/it.git"
        in (inside.folder / "demo/.copier-answers.yml").read_text()
    )
    assert "git help credentials" in done.stderr
    for place in (inside.folder, Path(inside.environment["HOME"])):
        assert not [name for name, text in contents(place).items() if b"s3cr3t" in text]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "given",
    [
        "http://ada:s3cr3tt@{served}/it.git",
        "http://ada:s3cr3t@{served}/none.git",
        "git+http://s3cr3t@{served}/it",
        "http://ada:s3cr3t@127.0.0.1:9/it.git",
        "https://ada:s3cr3t@127.0.0.1:9/it",
        "ssh://ada:s3cr3t@127.0.0.1:9/it.git",
        "git+http://{served}/it.git?token=s3cr3t",
        "http://ada:s3cr3t@127.0.0.1:9/it.git?token=s3cr3t",
    ],
)
def test_no_message_shows_one(inside: Inside, served: str, given: str) -> None:
    source = given.replace("{served}", served)
    for command in (("new", "demo", "--yes", "--framework", "fastapi"), ("options",)):
        for extra in ((), ("--json",)):
            done = inside(*command, "--template", source, *extra, GIT_TRACE="")
            assert done.returncode == 2
            assert "s3cr3t" not in done.stdout + done.stderr
    assert not list(inside.folder.iterdir())


@pytest.mark.parametrize(
    ("given", "recorded", "url"),
    [
        (GIVEN, "https://example.com/it.git", "https://example.com/it.git"),
        (f"git+{GIVEN}", "git+https://example.com/it.git", "https://example.com/it.git"),
        ("https://token@github.com/a.git", "https://github.com/a.git", "https://github.com/a.git"),
        ("git+https://a:p@ss@host/a/b", "git+https://host/a/b", "https://host/a/b.git"),
        ("ssh://git@host/a.git", "ssh://git@host/a.git", "ssh://git@host/a.git"),
        ("ssh://git:word@host/a.git", "ssh://git@host/a.git", "ssh://git@host/a.git"),
        ("git@host:a/b.git", "git@host:a/b.git", "git@host:a/b.git"),
        ("gh:a/b", "gh:a/b", "https://github.com/a/b.git"),
        ("git+file:///a/b", "git+file:///a/b", "file:///a/b"),
    ],
)
def test_what_is_recorded(given: str, recorded: str, url: str) -> None:
    found = address.parse(given)
    assert found is not None
    assert (found.recorded, found.url) == (recorded, url)
    assert found.has_credentials == (recorded != given)


@pytest.mark.parametrize("given", ["/a/b", "a.bundle", "~/it", "here"])
def test_a_path_is_no_address(given: str) -> None:
    assert address.parse(given) is None


def test_a_query_is_refused() -> None:
    with pytest.raises(BadSource) as caught:
        address.parse("https://github.com/a/b.git?private=s3cr3t")
    assert "s3cr3t" not in str(caught.value)


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(BadSource, match="is no URL: .* give a path or git URL"):
        address.parse("https://user:s3cr3t@[bad.git")
