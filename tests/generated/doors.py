"""How somebody comes in: with a bearer token, or with the cookies of a session and a token against forgery.

The headers of either are sent by hand: in production a session's cookies are for HTTPS alone, which the
tests do not speak.
"""

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import Morsel, SimpleCookie

import httpx2

LOGIN = "/api/v1/auth/login"
CSRF = "/api/v1/auth/csrf"
TOKEN_HEADER = "X-CSRF-Token"

Headers = dict[str, str]


# A server closes a connection that nobody uses, and one whose request it answered before it had read the body:
# a client that used it again at that moment would lose its request.
ONCE = httpx2.Limits(max_keepalive_connections=0)


def new_client(url: str, headers: Mapping[str, str] | None = None) -> httpx2.Client:
    """A client that keeps no cookies of its own, and uses each connection once."""
    nothing = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx2.Client(base_url=url, timeout=30, cookies=nothing, headers=headers, limits=ONCE)


def by_token(client: httpx2.Client, email: str, password: str) -> Headers:
    """Log in and return the header that goes with every request from then on."""
    answer = client.post(LOGIN, json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def by_session(client: httpx2.Client, email: str, password: str) -> Headers:
    """Log in as a browser does and return the headers that go with every request from then on."""
    before = anybody(client)
    answer = client.post(LOGIN, json={"email": email, "password": password}, headers=before)
    assert answer.status_code == 200, answer.text
    return with_token(client, {**kept(before), **values(answer)})


def anybody(client: httpx2.Client) -> Headers:
    """The headers of a browser in which nobody is logged in."""
    return with_token(client, {})


def with_token(client: httpx2.Client, cookies: Mapping[str, str]) -> Headers:
    """The headers of a browser that has these cookies, and has asked for the token that forms carry."""
    sent = {"Cookie": as_header(cookies)} if cookies else {}
    with new_client(str(client.base_url), sent) as browser:
        answer = browser.get(CSRF)
    assert answer.status_code == 200, answer.text
    held = {**cookies, **values(answer)}
    return {"Cookie": as_header(held), TOKEN_HEADER: answer.json()["csrf_token"]}


def given(answer: httpx2.Response) -> dict[str, "Morsel[str]"]:
    """The cookies that an answer sets, with their attributes."""
    found: dict[str, Morsel[str]] = {}
    for line in answer.headers.get_list("set-cookie"):
        found |= SimpleCookie(line)
    return found


def values(answer: httpx2.Response) -> dict[str, str]:
    """The cookies that an answer sets; one that it takes away is empty."""
    return {name: morsel.value for name, morsel in given(answer).items()}


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies in a request's headers."""
    return {name: morsel.value for name, morsel in SimpleCookie(headers["Cookie"]).items()}


def as_header(cookies: Mapping[str, str]) -> str:
    """Cookies as a request sends them."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
