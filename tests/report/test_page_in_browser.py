"""The page in a real browser: it fits, it fetches nothing, a keyboard reaches it, it prints."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from accord.language import use_language
from accord.report.acceptance.briefing import Briefing
from accord.report.acceptance.page import page_html
from report import briefings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
PAGES: dict[str, Callable[[], Briefing]] = {
    "full": briefings.full,
    "unknown": briefings.unknown,
    "empty": briefings.empty,
    "long": lambda: briefings.with_names(briefings.full(), LONG),
}

# In CI a missing browser is a failure, not a skip.
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="no Chromium on this machine: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=CHROMIUM, args=FLAGS, headless=True
        )
        yield context
        context.close()


@pytest.fixture
def shown(browser: BrowserContext, tmp_path: Path) -> Iterator[Any]:
    opened: list[Page] = []

    def show(name: str, width: int = 1280, language: str = "en", scheme: str = "light") -> Page:
        use_language(language)
        path = tmp_path / f"{name}.{language}.html"
        path.write_text(page_html(PAGES[name]()), encoding="utf-8")
        page = browser.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(path.as_uri())
        return page

    yield show
    for page in opened:
        page.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_every_width_in_both_languages(name: str, shown: Any) -> None:
    for language in ("en", "fr"):
        page = shown(name, 1280, language)
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)


def test_one_long_word_is_broken_and_no_cell_runs_into_its_neighbour(shown: Any) -> None:
    for width in (390, 1280):
        page = shown("long", width)
        spilt = page.evaluate(
            "[...document.querySelectorAll('th, td, header p, h1, h2, h3')]"
            ".filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent.trim())"
        )
        assert spilt == []
        names = page.locator("tbody th", has_text=LONG)
        assert names.count() > 0
        assert names.first.bounding_box()["width"] < width / 2


def test_on_a_wide_screen_no_table_needs_scrolling(shown: Any) -> None:
    for language in ("en", "fr"):
        page = shown("full", 1280, language)
        hidden = page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)"
            ".map(box => box.getAttribute('aria-label') || box.getAttribute('aria-labelledby'))"
        )
        assert hidden == [], language


def test_nothing_is_fetched_and_nothing_complains(browser: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_html(briefings.full()), encoding="utf-8")
    page = browser.new_page()
    fetched: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    assert fetched == [path.as_uri()]
    assert complaints == []
    page.close()


def test_the_wide_chart_and_the_narrow_one_take_turns(shown: Any) -> None:
    for width, wide, narrow in ((1280, True, False), (390, False, True)):
        page = shown("full", width)
        assert page.locator("figure .wide").is_visible() is wide
        assert page.locator("figure .narrow").is_visible() is narrow


def test_a_telephone_is_told_that_tables_slide(shown: Any) -> None:
    for width, hint in ((390, True), (1280, False)):
        page = shown("full", width)
        assert page.locator(".sideways").first.is_visible() is hint
    page = shown("full", 390)
    reaching = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)"
        ".map(box => getComputedStyle(box).backgroundImage)"
    )
    assert reaching
    assert all("gradient" in image for image in reaching)  # the shadow on the edge where it goes on


def test_text_in_the_chart_stays_readable_on_a_telephone(shown: Any) -> None:
    page = shown("full", 390)
    heights = page.evaluate(
        "[...document.querySelectorAll('figure .narrow text')].filter(t => t.textContent)"
        ".map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"
    )
    assert heights
    assert min(heights) >= 10


def test_the_chart_takes_its_colours_from_the_theme(shown: Any) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page = shown("full", 1280, scheme=scheme)
        colours[scheme] = page.evaluate(
            "[getComputedStyle(document.body).color,"
            " getComputedStyle(document.querySelector('figure .wide [stroke=\"var(--accent)\"]')).stroke]"
        )
    assert colours["light"][1] == "rgb(27, 87, 181)"
    assert colours["dark"][1] == "rgb(130, 177, 255)"
    assert colours["light"][0] != colours["dark"][0]


def test_a_keyboard_reaches_the_report_first_and_sees_where_it_is(shown: Any) -> None:
    page = shown("full")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(("floor", "target"), [(0.5, 0.8), (0.78, 0.8), (0.03, 0.2), (0.9, 1.0), (0.6, 0.6)])
def test_the_labels_of_floor_and_target_stay_apart_and_inside(
    floor: float, target: float, browser: BrowserContext, tmp_path: Path
) -> None:
    use_language("fr")
    made = briefings.full()
    path = tmp_path / "report.html"
    agreed = replace(made.definitions, floor=floor, target=target)
    path.write_text(page_html(replace(made, definitions=agreed)), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        first, second = page.evaluate(
            "[...document.querySelectorAll('.gauge text')].slice(0, 2).map(t => t.getBoundingClientRect())"
            ".map(box => [box.left, box.right, box.top, box.bottom])"
        )
        assert first[1] < second[0] or first[3] <= second[2] + 1
        assert first[0] >= 0
        assert second[1] <= width
    page.close()


def test_it_prints(shown: Any, tmp_path: Path) -> None:
    page = shown("full", scheme="dark")
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("figure .wide").is_visible()
