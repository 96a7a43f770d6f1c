"""A real browser: waiting for what it shows, and what it complained of."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from .service import Service

SECONDS = 30


@contextmanager
def opened() -> Iterator[webdriver.Chrome]:
    """Debian's chromium, reporting its console and its requests; skips the test where there is none."""
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
    browser = webdriver.Chrome(options=options, service=Driver(driver))
    try:
        yield browser
    finally:
        browser.quit()


def forget(browser: webdriver.Chrome) -> None:
    """Make it as it was when it was opened: one empty page, nothing kept, nothing reported."""
    old = browser.current_window_handle
    # What a test emulates is of its tab.
    browser.switch_to.new_window("tab")
    new = browser.current_window_handle
    browser.switch_to.window(old)
    browser.close()
    browser.switch_to.window(new)
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # type: ignore[no-untyped-call]


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


def path_of(browser: webdriver.Chrome) -> str:
    """Where the browser is, without the query."""
    return httpx2.URL(browser.current_url).path


def send(browser: webdriver.Chrome, form: str = "main form", **values: str) -> None:
    """Fill in a form, press its first button, and wait for the page that comes."""
    for name, value in values.items():
        field = wait_for(browser, f"{form} [name={name}]")
        field.clear()
        field.send_keys(value)
    page = browser.find_element(By.TAG_NAME, "html")
    wait_for(browser, f"{form} button").click()
    # While one page makes way for another, the driver may know of neither.
    leaving = WebDriverWait(browser, SECONDS, ignored_exceptions=[WebDriverException])
    leaving.until(expected.staleness_of(page))


def complaints(browser: webdriver.Chrome, service: Service) -> list[str]:
    """What the console says above information, and requests that failed, were blocked or went elsewhere."""
    said = [
        entry["message"]
        for entry in browser.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] in ("SEVERE", "WARNING")
        # A browser asks for it by itself; a page need not have one.
        and "/favicon.ico " not in entry["message"]
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
