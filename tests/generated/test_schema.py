"""schemathesis reads the OpenAPI document and finds no 5xx and no undocumented answer."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CHOSEN, WIDER, Install, later
from .problems import USERS
from .service import Service, serving

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
# The calls that may end the session of whoever makes them come last.
CALLS = {
    "others": ("--phases=examples,coverage,fuzzing", f"--exclude-path={USERS}/me"),
    "sequences": ("--phases=stateful", f"--exclude-path={USERS}/me"),
    "own": ("--phases=examples,coverage,fuzzing", f"--include-path={USERS}/me"),
}


@pytest.fixture(scope="module", params=[CHOSEN[0], CHOSEN[3], *later(CHOSEN[1:3]), *WIDER])
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
    token = fuzzed.admin().headers.get("authorization")
    command = [str(Path(sys.executable).parent / "schemathesis"), "run"]
    command += [f"http://127.0.0.1:{fuzzed.port}/openapi.json", f"--checks={CHECKS}", *CALLS[calls]]
    command += [
        "--max-examples=20",
        "--seed=1",
        "--generation-database=none",
        "--warnings=off",
        "--no-color",
    ]
    command += ["--request-timeout=20", *(["--header", f"Authorization: {token}"] if token else [])]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert fuzzed.client.get("/health/ready").status_code == 200
