"""The pages in a real browser: what people do there, and that nothing stands in anybody's way."""

import secrets
from importlib import resources

import pytest
from combinations import Combination
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from .accounts import OTHER, mailed_token, new_account
from .browsing import SECONDS, complaints, path_of, send, wait_for
from .conftest import EVERY, Boot, having
from .problems import PASSWORD, problem
from .service import ADMIN_EMAIL, ADMIN_PASSWORD, Service

# The package is for another driver of browsers; the script in it is for any.
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """
const done = arguments[0];
axe.run({resultTypes: ["violations", "incomplete"]}).then(found => done(
    [...found.violations, ...found.incomplete].map(rule => `${rule.id}: ${rule.nodes[0].html}`)
), error => done([String(error)]));
"""
SCHEMES = ("light", "dark")
WIDTHS = (1280, 390)

WITH_PAGES = having("has_pages", EVERY)
WITHOUT_PAGES = [
    entry for entry in having("has_wsgi", EVERY) if not entry.values[0].facts["has_pages"]
]


@pytest.fixture(scope="module", params=WITH_PAGES)
def site(request: pytest.FixtureRequest, boot_in_development: Boot) -> Service:
    """One service with pages after the other."""
    return boot_in_development(request.param)


@pytest.fixture(scope="module", params=WITH_PAGES)
def site_in_production(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """The same, where nobody can log in without HTTPS."""
    return boot(request.param)


def visit(browser: webdriver.Chrome, service: Service, path: str) -> None:
    browser.get(f"http://127.0.0.1:{service.port}{path}")


def log_in(browser: webdriver.Chrome, service: Service, email: str, password: str) -> None:
    visit(browser, service, "/login")
    send(browser, username=email, password=password)


def said(browser: webdriver.Chrome, selector: str) -> str:
    """The text of what is shown."""
    return str(wait_for(browser, selector).text)


def barriers(browser: webdriver.Chrome) -> list[str]:
    """What axe finds, in light and in dark, wide and narrow; and whether the page is wider than its window."""
    browser.execute_script(AXE)
    found = []
    for scheme in SCHEMES:
        for width in WIDTHS:
            show(browser, scheme, width)
            found += [f"{scheme} {width} {each}" for each in browser.execute_async_script(RUN_AXE)]
            if browser.execute_script("return document.documentElement.scrollWidth") > width:
                found.append(f"{width}: wider than its window")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return found


def show(browser: webdriver.Chrome, scheme: str, width: int) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def test_an_account_from_first_to_last(browser: webdriver.Chrome, site: Service) -> None:
    visit(browser, site, "/")
    assert path_of(browser) == "/login"
    assert barriers(browser) == []
    visit(browser, site, "/sign-up")
    assert barriers(browser) == []
    values = {"name": "A", "email": "nonsense", "age": "151", "password1": "x", "password2": "y"}
    send(browser, **values)
    assert browser.switch_to.active_element.get_attribute("role") == "alert"
    wait_for(browser, "[role=alert] a[href='#id_email']").click()
    assert browser.switch_to.active_element.get_attribute("id") == "id_email"
    assert barriers(browser) == []

    email = f"{secrets.token_hex(6)}@example.com"
    values = {"name": "Ada", "email": email, "age": "36"}
    send(browser, **values, password1=PASSWORD, password2=PASSWORD)
    assert path_of(browser) == "/profile"
    assert said(browser, "[role=status]") == "Welcome, Ada."
    assert barriers(browser) == []
    send(browser, name="Ada Lovelace", age="")
    assert said(browser, "[role=status]") == "Your profile is saved."
    assert wait_for(browser, "[name=name]").get_attribute("value") == "Ada Lovelace"
    assert barriers(browser) == []

    send(browser, "header form")
    assert path_of(browser) == "/login"
    visit(browser, site, "/profile/delete")
    assert browser.current_url.endswith("/login?next=/profile/delete")
    send(browser, username=email, password="wrong")
    assert "The address or the password is wrong." in said(browser, "[role=alert]")
    assert barriers(browser) == []
    send(browser, username=email, password=PASSWORD)
    assert path_of(browser) == "/profile/delete"
    assert barriers(browser) == []
    send(browser, current_password="wrong")
    assert "The current password is wrong." in said(browser, "[role=alert]")
    assert barriers(browser) == []
    send(browser, current_password=PASSWORD)
    assert said(browser, "[role=status]") == "Your account is deleted."
    send(browser, username=email, password=PASSWORD)
    assert "The address or the password is wrong." in said(browser, "[role=alert]")
    assert complaints(browser, site) == []


def test_a_new_password_by_mail(browser: webdriver.Chrome, site: Service) -> None:
    email = str(new_account(site)["email"])
    visit(browser, site, "/forgot-password")
    assert barriers(browser) == []
    send(browser, email=email)
    assert "a link is on its way" in said(browser, "[role=status]")
    link = f"/reset-password?token={mailed_token(site, email)}"

    visit(browser, site, link)
    assert browser.current_url.endswith("/reset-password")
    assert barriers(browser) == []
    send(browser, new_password1=OTHER, new_password2=OTHER)
    assert said(browser, "[role=status]").startswith("The new password is set.")
    send(browser, username=email, password=OTHER)
    assert path_of(browser) == "/profile"
    visit(browser, site, link)
    assert "not valid" in said(browser, "main")
    assert barriers(browser) == []
    assert complaints(browser, site) == []


@pytest.mark.matrix
def test_administrators_search_as_they_type(browser: webdriver.Chrome, site: Service) -> None:
    wanted = str([new_account(site) for _ in range(21)][-1]["email"])
    log_in(browser, site, ADMIN_EMAIL, ADMIN_PASSWORD)
    visit(browser, site, "/users")
    assert barriers(browser) == []
    page = browser.find_element(By.TAG_NAME, "html")
    search = wait_for(browser, "[name=search]")
    search.send_keys(wanted.upper())
    WebDriverWait(browser, SECONDS).until(
        expected.text_to_be_present_in_element((By.ID, "count"), "1 found")
    )
    assert wanted in said(browser, "tbody")
    assert f"search={wanted.upper()}".replace("@", "%40") in browser.current_url
    assert browser.switch_to.active_element == search
    assert page == browser.find_element(By.TAG_NAME, "html")
    assert barriers(browser) == []
    assert complaints(browser, site) == []

    browser.delete_all_cookies()
    search.send_keys("x")
    wait_for(browser, "[name=username]")
    assert path_of(browser) == "/login"


def test_users_without_javascript(browser: webdriver.Chrome, site: Service) -> None:
    wanted = str([new_account(site) for _ in range(21)][-1]["email"])
    log_in(browser, site, ADMIN_EMAIL, ADMIN_PASSWORD)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    visit(browser, site, "/users")
    wait_for(browser, "a[rel=next]").click()
    assert said(browser, "a[rel=prev]")
    wait_for(browser, "[name=search]").send_keys(wanted)
    wait_for(browser, "main form button").click()
    WebDriverWait(browser, SECONDS).until(
        expected.text_to_be_present_in_element((By.ID, "count"), "1 found")
    )
    assert wanted in said(browser, "tbody")


def test_users_are_not_for_others(browser: webdriver.Chrome, site: Service) -> None:
    log_in(browser, site, str(new_account(site)["email"]), PASSWORD)
    assert browser.find_elements(By.CSS_SELECTOR, "a[href='/users']") == []
    visit(browser, site, "/users")
    assert said(browser, "h1") == "Forbidden"
    assert barriers(browser) == []


def test_guessing_ends_whichever_door_is_tried(browser: webdriver.Chrome, site: Service) -> None:
    email = str(new_account(site)["email"])
    body = {"email": email, "password": "wrong"}
    for _ in range(10):
        problem(site.client.post("/api/v1/auth/login", json=body), 401)
    log_in(browser, site, email, PASSWORD)
    assert said(browser, "h1") == "Too Many Requests"
    assert barriers(browser) == []


def test_pages_in_production(browser: webdriver.Chrome, site_in_production: Service) -> None:
    for path in ("/login", "/sign-up", "/forgot-password", "/reset-password?token=x"):
        visit(browser, site_in_production, path)
        assert barriers(browser) == []
    assert complaints(browser, site_in_production) == []
    visit(browser, site_in_production, "/nothing")
    assert said(browser, "h1") == "Not Found"
    assert barriers(browser) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("HEAD", "/login", 200), ("GET", "/logout", 405), ("GET", "/", 404)],
)
def test_pages_as_other_clients_see_them(
    site_in_production: Service, method: str, path: str, status: int
) -> None:
    answer = site_in_production.client.request(method, path)
    assert answer.status_code == status
    if status >= 400:
        problem(answer, status)
    else:
        assert answer.content == b""


@pytest.mark.parametrize("entry", WITHOUT_PAGES)
@pytest.mark.parametrize("path", ["/", "/login", "/profile", "/users"])
def test_where_there_are_no_pages(boot: Boot, entry: Combination, path: str) -> None:
    answer = boot(entry).client.get(path, headers={"Accept": "text/html"})
    problem(answer, 404)
