"""The built documentation in a real browser.

Set `SKDIGITS_SITE` to the folder that ``sphinx-build`` wrote. Without it these tests
are skipped; with it a missing browser is a failure.
"""

import functools
import http.server
import os
import shutil
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

API_PAGE = "generated/skdigits.CNNDigitClassifier.html"
SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def site():
    """Folder of the built site."""
    folder = os.environ.get("SKDIGITS_SITE")
    if folder is None:
        pytest.skip("needs the built site: set SKDIGITS_SITE to its folder")
    return Path(folder)


@pytest.fixture(scope="module")
def address(site):
    """Address of a local server of the site: its search needs HTTP."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def _installed(site):
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    assert all(programs), "install Debian's packages chromium and chromium-driver"


@pytest.fixture(scope="module")
def browser(_installed, browser):
    browser.set_script_timeout(30)
    return browser


@pytest.fixture(params=SCREENS)
def screen(request, browser):
    """Set the size of the browser window to that of a desktop or a phone."""
    width, height = SCREENS[request.param]
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        metrics | {"mobile": request.param == "phone"},
    )
    return request.param


@pytest.fixture(params=["index", "gallery page", "API page"])
def page(request, site, address, browser, screen):
    """Open a page and return the browser."""
    examples = sorted(site.glob("auto_examples/plot_*.html"))
    pages = {
        "index": "index.html",
        "gallery page": f"auto_examples/{examples[0].name}",
        "API page": API_PAGE,
    }
    browser.get_log("browser")  # drops the messages of earlier pages
    browser.get(f"{address}/{pages[request.param]}")
    return browser


def test_page_runs_its_scripts_without_an_error(page):
    errors = [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    assert errors == []


def test_every_image_of_a_page_loads(page):
    broken = page.execute_async_script(
        """
        const done = arguments[0];
        const images = [...document.images];
        const look = (image) => image.decode().then(() => null, () => image.src);
        images.forEach((image) => { image.loading = "eager"; });
        Promise.all(images.map(look)).then((all) => done(all.filter(Boolean)));
        """
    )
    assert broken == []


def test_page_is_no_wider_than_the_screen(page):
    # Elements that are cut off count too, except in boxes with a scroll bar.
    too_wide = page.execute_script(
        """
        const scrolls = (node) => node.closest("pre") || [...ancestors(node)].some(
            (other) => /auto|scroll/.test(getComputedStyle(other).overflowX));
        function* ancestors(node) {
            while ((node = node.parentElement) && !node.matches("article")) yield node;
        }
        return [...document.querySelectorAll("article *")].filter((node) =>
            node.getClientRects().length && !node.closest(".headerlink")
            && node.getBoundingClientRect().right > innerWidth + 1 && !scrolls(node)
        ).map((node) => node.outerHTML.slice(0, 120));
        """
    )
    assert too_wide == []
    widths = "return [document.documentElement.scrollWidth, innerWidth]"
    whole, visible = page.execute_script(widths)
    assert whole <= visible


def test_every_code_block_can_be_copied(page):
    blocks, buttons = (
        page.find_elements("css selector", selector)
        for selector in ("div.highlight pre", "div.highlight button.copybtn")
    )
    assert len(blocks) == len(buttons) > 0
    page.execute_script("arguments[0].click()", buttons[0])
    assert "success" in buttons[0].get_attribute("class")


def test_search_finds_the_classifier(address, browser, screen):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{address}/index.html")
    buttons = browser.find_elements("css selector", "button.search-button__button")
    next(button for button in buttons if button.is_displayed()).click()
    field = browser.switch_to.active_element
    field.send_keys("CNNDigitClassifier", Keys.ENTER)
    WebDriverWait(browser, 20).until(
        lambda driver: any(
            link.get_attribute("href").split("#")[0] == f"{address}/{API_PAGE}"
            for link in driver.find_elements("css selector", "#search-results a")
        )
    )


class _Page(HTMLParser):
    """Links, anchors and loaded files of a page."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.anchors, self.loaded = set(), set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.anchors |= {attrs[name] for name in ("id", "name") if name in attrs}
        target = attrs.get("href", attrs.get("src"))
        if target:
            self.targets.add(target)
            if tag != "a":
                self.loaded.add(target)


@pytest.fixture(scope="module")
def pages(site):
    paths = set(site.rglob("*.html")) - set(site.rglob("_static/**/*.html"))
    return {path: _Page(path) for path in paths}


def test_links_inside_the_site_have_targets(pages):
    broken = []
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[goal].anchors if goal in pages else set()
            is_missing = not goal.exists() or (
                goal in pages
                and parts.fragment
                and unquote(parts.fragment) not in anchors
            )
            if is_missing:
                broken.append(f"{path.name}: {target}")
    assert sorted(broken) == []


def test_nothing_is_loaded_from_other_sites(pages):
    foreign = {
        target
        for page in pages.values()
        for target in page.loaded
        if urlsplit(target).netloc
    }
    assert foreign == set()


def test_every_public_name_has_an_anchor(site, pages):
    import skdigits
    import skdigits.datasets
    import skdigits.display

    anchors = set().union(*(page.anchors for page in pages.values()))
    modules = [skdigits.datasets, skdigits.display, skdigits.exceptions]
    names = {f"skdigits.{name}" for name in skdigits.__all__}
    names -= {module.__name__ for module in modules}
    names |= {f"{m.__name__}.{name}" for m in modules for name in m.__all__}
    assert sorted(names - anchors) == []
