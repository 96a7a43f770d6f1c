"""The documentation and the admin in a real browser, under the content security policy."""

import pytest
from selenium import webdriver

from .accounts import new_account
from .browsing import complaints, wait_for
from .conftest import EVERY, Boot, each, having
from .problems import USERS
from .service import ADMIN_EMAIL, ADMIN_PASSWORD, Service


@pytest.fixture(scope="module", params=each(EVERY, "has_drf"))
def documented(request: pytest.FixtureRequest, boot: Boot, boot_in_development: Boot) -> Service:
    """One service after the other."""
    has_session = request.param.facts["has_session"]
    return (boot_in_development if has_session else boot)(request.param)


@pytest.fixture(scope="module", params=each(having("has_admin", EVERY), "has_session"))
def office(request: pytest.FixtureRequest, boot_in_development: Boot) -> Service:
    """One service with the admin after the other."""
    return boot_in_development(request.param)


def address(service: Service, path: str) -> str:
    return f"http://127.0.0.1:{service.port}{path}"


@pytest.mark.daily("flask")
def test_redoc(browser: webdriver.Chrome, documented: Service) -> None:
    browser.get(address(documented, "/redoc"))
    wait_for(browser, "h1")
    wait_for(browser, "[data-section-id]")
    assert USERS in browser.page_source
    assert complaints(browser, documented) == []


@pytest.mark.daily("fastapi")
def test_swagger_ui(browser: webdriver.Chrome, documented: Service) -> None:
    browser.get(address(documented, "/docs"))
    wait_for(browser, ".opblock")
    path = f"{USERS}/me" if documented.has_auth else USERS
    if documented.facts["has_session"]:
        log_in_from_the_page(browser)
    elif documented.has_auth:
        authorize(browser, documented.login(ADMIN_EMAIL, ADMIN_PASSWORD)["access_token"])
    wait_for(browser, f'.opblock-get [data-path="{path}"]').click()
    wait_for(browser, ".try-out__btn").click()
    wait_for(browser, ".execute").click()
    status = wait_for(browser, ".live-responses-table .response .response-col_status")
    assert status.text.startswith("200")
    assert complaints(browser, documented) == []


def authorize(browser: webdriver.Chrome, token: str) -> None:
    """Press "Authorize" and give it an access token."""
    wait_for(browser, ".auth-wrapper .authorize").click()
    wait_for(browser, ".auth-container input").send_keys(token)
    wait_for(browser, ".auth-btn-wrapper .authorize").click()
    wait_for(browser, ".auth-btn-wrapper .btn-done").click()


LOG_IN = """
const [email, password, done] = arguments;
fetch("/api/v1/auth/csrf").then(answer => answer.json()).then(body => fetch("/api/v1/auth/login", {
    method: "POST",
    headers: {"Content-Type": "application/json", "X-CSRF-Token": body.csrf_token},
    body: JSON.stringify({email, password}),
})).then(answer => done(answer.status), error => done(String(error)));
"""


def log_in_from_the_page(browser: webdriver.Chrome) -> None:
    """Log in as a frontend on the same origin does; the browser keeps the cookies."""
    assert browser.execute_async_script(LOG_IN, ADMIN_EMAIL, ADMIN_PASSWORD) == 200


def test_the_admin(browser: webdriver.Chrome, office: Service) -> None:
    user = new_account(office)
    browser.get(address(office, "/admin/"))
    wait_for(browser, "input[name=username]").send_keys(ADMIN_EMAIL)
    wait_for(browser, "input[name=password]").send_keys(ADMIN_PASSWORD)
    wait_for(browser, "input[type=submit]").click()
    wait_for(browser, ".model-user a[href$='/user/']").click()
    search = wait_for(browser, "#searchbar")
    search.send_keys(user["email"])
    search.submit()
    wait_for(browser, f"#result_list a[href*='{user['id']}']").click()
    assert wait_for(browser, "input[name=email]").get_attribute("value") == user["email"]
    wait_for(browser, "#toggle-nav-sidebar, .theme-toggle").click()
    wait_for(browser, "input[name=_save]").click()
    wait_for(browser, ".messagelist .success")
    assert complaints(browser, office) == []
