"""The page in a real browser: it fits a telephone, fetches nothing, and its colours can be told apart."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from accord.language import use_language
from accord.report.board.page import board_page
from accord.report.board.parts import Board
from board.companies import Made

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LEAST_CONTRAST = 4.5
"""WCAG 2.2, AA, of text."""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="no Chromium on this machine: apt-get install chromium"
)

CONTRASTS = """() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = (text) => { probe.clearRect(0, 0, 1, 1); probe.fillStyle = text; probe.fillRect(0, 0, 1, 1);
    return Array.from(probe.getImageData(0, 0, 1, 1).data); };
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((c) => { const s = c / 255;
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const behind = (element) => { for (let at = element; at; at = at.parentElement) {
    const colour = channels(getComputedStyle(at).backgroundColor); if (colour[3] === 255) return colour; }
    return [255, 255, 255]; };
  const found = [];
  for (const element of document.querySelectorAll('.sheet *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest('svg')) continue;
    const text = light(channels(getComputedStyle(element).color));
    const [one, other] = [text, light(behind(element))].sort((a, b) => b - a);
    found.push([(one + 0.05) / (other + 0.05), element.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""


def with_a_long_name(board: Board) -> Board:
    """The same with names that no line holds."""
    assert board.channels is not None
    answer = board.channels.answers[board.channels.chosen]
    rows = (replace(answer.rows[0], segment={"channel": LONG}), *answer.rows[1:])
    channels = replace(board.channels, answers={board.channels.chosen: replace(answer, rows=rows)})
    effects = tuple(
        replace(each, action=replace(each.action, text=LONG, where={"channel": LONG})) for each in board.actions.effects
    )
    actions = replace(board.actions, effects=effects)
    return replace(board, agreement_name=LONG, agreement_version="1", channels=channels, actions=actions)


def test_it_fits_every_width_in_both_languages_and_fetches_nothing(
    whole: Made, unrecorded: Made, of_nothing: Made, tmp_path: Path
) -> None:
    boards = {
        "whole": whole.board,
        "unrecorded": unrecorded.board,
        "of_nothing": of_nothing.board,
        "long": with_a_long_name(whole.board),
    }
    with sync_playwright() as playwright:
        browser: BrowserContext = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, headless=True
        )
        view = browser.new_page()
        fetched: list[str] = []
        view.on("request", lambda request: fetched.append(request.url))
        shown = 0
        for name, board in boards.items():
            for spoken in ("en", "fr"):
                use_language(spoken)
                path = tmp_path / f"{name}.{spoken}.html"
                path.write_text(board_page(board), encoding="utf-8")
                view.goto(path.as_uri())
                shown += 1
                for width in (320, 390, 768, 1280):
                    view.set_viewport_size({"width": width, "height": 900})
                    assert view.evaluate("document.documentElement.scrollWidth") <= width, (name, spoken, width)
        assert len([url for url in fetched if not url.startswith("data:")]) == shown
        for scheme in ("light", "dark"):
            view.emulate_media(color_scheme=scheme)
            view.goto((tmp_path / "whole.en.html").as_uri())
            contrasts: Any = view.evaluate(CONTRASTS)
            assert len(contrasts) > 100
            assert [pair for pair in contrasts if pair[0] < LEAST_CONTRAST] == [], scheme
        browser.close()
