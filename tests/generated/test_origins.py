"""Hosts that are answered to, and pages of other origins that may call: the same in all frameworks."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from .conftest import CHOSEN, Boot
from .problems import USERS, problem, somebody
from .service import Service, beside

OURS, OTHER = "https://app.example.com", "https://evil.example"
# As the API itself begins, so that it is not taken off twice.
PREFIX = "/api"


@pytest.fixture(scope="module", params=CHOSEN)
def called(
    request: pytest.FixtureRequest, boot: Boot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service that pages of another origin may call."""
    hosts = "127.0.0.1,.example.com,*.example.org"
    folder = tmp_path_factory.mktemp("called")
    url = f"https://example.com{PREFIX}"
    with beside(
        boot(request.param), folder, CORS_ORIGINS=OURS, ALLOWED_HOSTS=hosts, PUBLIC_URL=url
    ) as service:
        yield service


def names(answer: httpx2.Response, header: str) -> set[str]:
    """The names that a header lists, in lower case."""
    return {name for name in re.split(r",\s*", answer.headers.get(header, "").lower()) if name}


def test_a_page_of_an_allowed_origin_may_call(called: Service) -> None:
    asked = {
        "Origin": OURS,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-request-id",
    }
    own = {"x-csrf-token"} if called.facts["has_session"] else set()
    own |= {"authorization"} if called.facts["has_jwt"] else set()
    asked["Access-Control-Request-Headers"] += "".join(f", {name}" for name in sorted(own))
    answer = called.client.options(USERS, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert names(answer, "access-control-allow-headers") >= {"content-type", "x-request-id", *own}
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert (answer.headers.get("access-control-allow-credentials") == "true") == called.facts[
        "has_session"
    ]


@pytest.mark.parametrize("path", ["/health/live", USERS, "/nothing"])
def test_what_a_page_may_read(called: Service, path: str) -> None:
    answer = called.client.get(path, headers={"Origin": OURS})
    assert answer.headers["access-control-allow-origin"] == OURS
    challenge = {"www-authenticate"} if called.facts["has_jwt"] else set()
    assert names(answer, "access-control-expose-headers") == {
        *("location", "retry-after", "x-request-id"),
        *challenge,
    }
    assert (answer.headers.get("access-control-allow-credentials") == "true") == called.facts[
        "has_session"
    ]
    assert "origin" in names(answer, "vary")


def test_a_page_of_another_origin_may_not(called: Service) -> None:
    asked = {"Origin": OTHER, "Access-Control-Request-Method": "GET"}
    for answer in (
        called.client.options(USERS, headers=asked),
        called.client.get("/health/live", headers={"Origin": OTHER}),
        called.client.get("/nothing", headers={"Origin": OTHER}),
        called.client.get("/health/live"),
    ):
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" in names(answer, "vary")


def test_a_page_of_an_allowed_origin_may_change_something(called: Service) -> None:
    """With sessions the origin is trusted as one's own is, and no other."""
    admin = called.admin()
    body = somebody(called.has_auth)
    assert admin.post(USERS, json=body, headers={"Origin": OURS}).status_code == 201


@pytest.mark.parametrize(
    "host",
    ["example.com", "EXAMPLE.com:8000", "a.b.example.com", "a.example.com.", "example.org"],
)
def test_a_domain_means_what_is_below_it_too(called: Service, host: str) -> None:
    assert called.client.get("/openapi.json", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["notexample.com", "example.com.evil.example", ".evil.example"])
def test_a_domain_means_nothing_else(called: Service, host: str) -> None:
    problem(called.client.get("/openapi.json", headers={"Host": host}), 400)


def test_links_keep_the_prefix_that_a_proxy_takes_off(called: Service) -> None:
    answer = called.admin().post(USERS, json=somebody(called.has_auth))
    assert answer.headers["location"] == f"{PREFIX}{USERS}/{answer.json()['id']}"
    document = called.client.get("/openapi.json").json()
    assert document["servers"] == [{"url": PREFIX}]
    assert USERS in document["paths"]
    for page in ("/docs", "/redoc"):
        text = called.client.get(page).text
        assert f'"{PREFIX}/openapi.json"' in text
        for path in re.findall(r"""(?:src|href)=["']([^"']+)["']""", text):
            assert path.startswith(f"{PREFIX}/"), path
            assert called.client.get(path.removeprefix(PREFIX)).status_code == 200, path
    assert problem(called.client.get("/nothing"), 404)["instance"] == f"{PREFIX}/nothing"
    assert names(called.client.put("/health/live"), "allow") >= {"get", "head"}
    if called.facts["has_pages"]:
        profile = called.client.get("/profile", headers={"Accept": "text/html"})
        assert profile.headers["location"].startswith(f"{PREFIX}/login?next={PREFIX}/profile")
