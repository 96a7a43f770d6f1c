"""The documentation in a real browser, under the content security policy."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from .conftest import CHOSEN, Boot
from .problems import USERS
from .service import ADMIN_EMAIL, ADMIN_PASSWORD, Service

SECONDS = 30


@pytest.fixture(scope="module", params=CHOSEN[1:3])
def documented(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service with accounts and one without."""
    return boot(request.param)


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    """Debian's chromium, reporting its console and its requests."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1400,2000",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Driver(driver))
    try:
        yield opened
    finally:
        opened.quit()


def wait_for(browser: webdriver.Chrome, selector: str) -> Any:
    """The first element that matches and is shown."""
    return WebDriverWait(browser, SECONDS).until(
        lambda _: next(
            (
                found
                for found in browser.find_elements(By.CSS_SELECTOR, selector)
                if found.is_displayed()
            ),
            None,
        )
    )


def complaints(browser: webdriver.Chrome, service: Service) -> list[str]:
    """What the console says above information, and requests that failed, were blocked or went elsewhere."""
    said = [
        entry["message"]
        for entry in browser.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] in ("SEVERE", "WARNING")
    ]
    origin = f"http://127.0.0.1:{service.port}/"
    for entry in browser.get_log("performance"):  # type: ignore[no-untyped-call]
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if not url.startswith((origin, "data:", "blob:", "chrome:", "about:")):
                said.append(f"requested {url}")
        if message["method"] == "Network.loadingFailed" and not message["params"].get("canceled"):
            said.append(f"failed: {message['params']}")
    return said


def test_redoc(browser: webdriver.Chrome, documented: Service) -> None:
    browser.get(f"http://127.0.0.1:{documented.port}/redoc")
    wait_for(browser, "h1")
    wait_for(browser, "[data-section-id]")
    assert USERS in browser.page_source
    assert complaints(browser, documented) == []


def test_swagger_ui(browser: webdriver.Chrome, documented: Service) -> None:
    browser.get(f"http://127.0.0.1:{documented.port}/docs")
    wait_for(browser, ".opblock")
    path = f"{USERS}/me" if documented.has_auth else USERS
    if documented.has_auth:
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
