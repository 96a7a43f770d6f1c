"""An application that was there before, served beside the new one: Python's own demonstration of WSGI, from 2006."""

import time

import pytest

from .conftest import EVERY, Boot, having
from .service import START_SECONDS, Service


@pytest.fixture(scope="module", params=having("has_legacy_mount", EVERY))
def mounted(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service that mounts it after the other."""
    return boot(request.param)


def environment(page: str) -> dict[str, str]:
    """What the application says it was called with."""
    pairs = (line.split(" = ", 1) for line in page.splitlines() if " = " in line)
    return {name: value.strip("'") for name, value in pairs}


def test_it_is_served_under_its_prefix(mounted: Service) -> None:
    answer = mounted.client.get("/legacy/entries/1?page=2")
    assert answer.status_code == 200
    assert answer.text.startswith("Hello world!")
    seen = environment(answer.text)
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/legacy", "/entries/1")
    assert seen["QUERY_STRING"] == "page=2"


def test_the_request_id_crosses_the_border(mounted: Service) -> None:
    answer = mounted.client.get("/legacy", headers={"X-Request-ID": "the-id"})
    assert answer.headers["X-Request-ID"] == "the-id"
    assert environment(answer.text)["HTTP_X_REQUEST_ID"] == "the-id"
    # It is logged once all of the answer was sent.
    deadline = time.monotonic() + START_SECONDS
    while '"request_id": "the-id"' not in mounted.printed():
        assert time.monotonic() < deadline, mounted.printed()
        time.sleep(0.05)


def test_the_new_application_stays_what_it_is(mounted: Service) -> None:
    assert mounted.client.get("/health/live").json() == {"status": "ok"}
    assert mounted.client.get("/legacyish").status_code == 404
    assert "/legacy" not in mounted.client.get("/openapi.json").json()["paths"]
