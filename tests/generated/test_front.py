"""Behind a real nginx: TLS ends there, its connections are kept, and instances are restarted."""

import secrets
from collections.abc import Iterator

import pytest
from selenium import webdriver

from .browsing import path_of, send, wait_for
from .conftest import EVERY, Boot, each, having
from .instances import OK, Instances, call_through_a_restart, two_behind_nginx
from .problems import PASSWORD

pytestmark = pytest.mark.matrix

CALLS = 1000
MOST_LOST = 5


@pytest.fixture(scope="module", params=each(having("has_auth", EVERY), "has_granian", "has_pages"))
def behind(
    request: pytest.FixtureRequest, boot: Boot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Instances]:
    """One service with accounts after the other."""
    with two_behind_nginx(boot(request.param), tmp_path_factory.mktemp("front")) as instances:
        yield instances


def test_a_restart_loses_nothing(behind: Instances) -> None:
    seen = call_through_a_restart(behind, "/health/ready", {}, CALLS)
    lost = {said: times for said, times in seen.items() if said != OK}
    # A server that stops closes the connections that rest. What nginx sends into one at that moment it
    # sends again, but for a POST, which might have been answered.
    assert all(said.startswith("POST 502") for said in lost), seen
    assert sum(lost.values()) <= MOST_LOST, seen


def test_somebody_comes_and_goes(browser: webdriver.Chrome, behind: Instances) -> None:
    """Redirects stay on HTTPS, and on nginx's port; nobody else gets the cookies."""
    if not behind.first.facts["has_pages"]:
        pytest.skip("there are no pages")
    url = behind.front.url
    browser.execute_cdp_cmd("Security.setIgnoreCertificateErrors", {"ignore": True})
    browser.get(f"{url}/profile")
    assert browser.current_url == f"{url}/login?next=/profile"
    browser.get(f"{url}/sign-up")
    email = f"{secrets.token_hex(6)}@example.com"
    send(browser, name="Ada", email=email, age="36", password1=PASSWORD, password2=PASSWORD)
    assert browser.current_url == f"{url}/profile"
    cookies = browser.get_cookies()
    assert cookies
    for cookie in cookies:
        assert cookie["secure"], cookie
        assert cookie["name"].startswith("__Host-"), cookie
    send(browser, "header form")
    assert browser.current_url == f"{url}/login"
    send(browser, username=email, password=PASSWORD)
    assert path_of(browser) == "/profile"
    wait_for(browser, "header form")
