"""schemathesis reads the OpenAPI document and finds no 5xx and no undocumented answer."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import EVERY, Install
from .doors import TOKEN_HEADER
from .problems import AUTH, USERS
from .service import Service, serving

pytestmark = pytest.mark.matrix

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
# The calls that may end the session of whoever makes them come last.
LAST = (f"{USERS}/me", f"{AUTH}/logout")
CALLS = {
    "others": ("--phases=examples,coverage,fuzzing", *(f"--exclude-path={path}" for path in LAST)),
    "sequences": ("--phases=stateful", *(f"--exclude-path={path}" for path in LAST)),
    "own": ("--phases=examples,coverage,fuzzing", *(f"--include-path={path}" for path in LAST)),
}
# What says who calls: a token, or a session and what its forms carry.
CREDENTIALS = ("authorization", "cookie", TOKEN_HEADER)


@pytest.fixture(scope="module", params=EVERY)
def fuzzed(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service that nobody else uses."""
    with serving(install(request.param), tmp_path_factory.mktemp("fuzzed")) as service:
        yield service


@pytest.mark.parametrize("calls", CALLS)
def test_answers_are_as_documented(fuzzed: Service, calls: str, tmp_path: Path) -> None:
    if calls == "own" and not fuzzed.has_auth:
        pytest.skip("without accounts there is nobody to be")
    known = fuzzed.admin().headers
    credentials = [f"{name}: {known[name]}" for name in CREDENTIALS if name in known]
    command = [str(Path(sys.executable).parent / "schemathesis"), "run"]
    command += [f"http://127.0.0.1:{fuzzed.port}/openapi.json", f"--checks={CHECKS}", *CALLS[calls]]
    command += [
        "--max-examples=20",
        "--seed=1",
        "--generation-database=none",
        "--warnings=off",
        "--no-color",
    ]
    command += ["--request-timeout=20", *(f"--header={line}" for line in credentials)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert fuzzed.client.get("/health/ready").status_code == 200
