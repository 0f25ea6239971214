"""The page as a text: whole, self-contained, readable by every machine that reads pages for people."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from accord.language import use_language
from accord.report.acceptance.page import page_html
from report import briefings, examples

BRIEFINGS = {"full": briefings.full(), "unknown": briefings.unknown(), "empty": briefings.empty()}
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Outline(HTMLParser):
    """Elements in order, with their attributes and the text directly in them; complains when tags do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=list(BRIEFINGS))
def page(request: pytest.FixtureRequest) -> str:
    return page_html(BRIEFINGS[request.param])


def test_the_page_needs_nothing_beside_it(page: str) -> None:
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search(r"<(script|link|img|iframe|object|embed)\b", page)
    assert "@import" not in page
    assert "url(" not in page
    addresses = re.findall(r"""(?:href|src)=["']([^"']*)""", page)
    assert all(address.startswith("#") for address in addresses)
    # What looks like an address elsewhere is a name: SVG's and nothing else.
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_tags_match_and_ids_are_unique_and_links_lead_somewhere(page: str) -> None:
    outline = Outline(page)
    ids = [attributes["id"] for _tag, attributes in outline.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    targets = [str(attributes["href"]).removeprefix("#") for attributes in outline.all("a")]
    assert targets
    assert set(targets) <= set(ids)
    named = {
        name for _tag, attributes in outline.elements for name in str(attributes.get("aria-labelledby", "")).split()
    }
    assert named - {""} <= set(ids)


def test_headings_descend_one_step_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(page).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_name_headings_with_scope_and_equal_rows(page: str) -> None:
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        assert "<thead>" in table
        assert re.search(r"<caption[^>]*>\w", table)
        assert all('scope="col"' in cell or 'scope="row"' in cell for cell in re.findall(r"<th\b[^>]*>", table))
        widths = {
            sum(cells_spanned(tag) for tag in re.findall(r"<t[hd]\b[^>]*>", row))
            for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        }
        assert len(widths) == 1, table
    outline = Outline(page)
    regions = [attributes for attributes in outline.all("div") if attributes.get("role") == "region"]
    assert len(regions) == len(outline.all("table"))
    assert all(attributes.get("aria-label") or attributes.get("aria-labelledby") for attributes in regions)
    assert all(attributes.get("tabindex") == "0" for attributes in regions)  # a keyboard can scroll it


def cells_spanned(tag: str) -> int:
    span = re.search(r'colspan="(\d+)"', tag)
    return int(span[1]) if span else 1


def test_every_drawing_is_either_hidden_or_told(page: str) -> None:
    outline = Outline(page)
    assert all(attributes.get("aria-hidden") == "true" for attributes in outline.all("svg"))
    assert all(attributes.get("aria-label") for attributes in outline.all("figure"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_says_its_language(language: str) -> None:
    use_language(language)
    assert f'<html lang="{language}">' in page_html(briefings.full())


def test_numbers_are_written_as_the_language_does() -> None:
    use_language("fr")
    page = page_html(briefings.full())
    assert "1\u202f412" in page
    assert "47\u00a0%" in page
    assert "5,4\u00a0h" in page
    assert not re.search(r">\d+%<", page)


def test_the_headline_figure_comes_first_with_its_interval_and_verdict() -> None:
    outline = Outline(page_html(briefings.full()))
    texts = [text.replace("\u00a0", " ") for _tag, text in outline.texts]
    place = texts.index("Sales accepts 47% of the 1,412 leads handed over")
    assert texts[place + 1 : place + 4] == ["95% interval", "44–50%,", "n = 1,412."], "the interval on one line"
    assert texts[place + 4] == "That is below the agreed floor of 50%; the target is 80%."


def test_no_rate_stands_without_its_interval_and_n() -> None:
    page = page_html(briefings.full())
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)[1:]:
            text = re.sub(r"<[^>]+>", " ", row)
            rates = len(re.findall(r"(?<![–\d.])\d+%", text))
            intervals = len(re.findall(r"\d–\d+%", text))
            assert rates == intervals, text


def test_the_unripe_part_is_shaded_and_marked() -> None:
    page = page_html(briefings.full())
    assert page.count('class="value unripe"') >= 4
    assert "still open" in page
    assert 'fill="var(--shade)"' in page
    ripe = replace(briefings.full(), trend=examples.report(examples.total(), examples.weeks()[:20]))
    assert 'fill="var(--shade)"' not in page_html(ripe)


def test_what_is_unknown_says_why_and_shows_no_number() -> None:
    page = page_html(briefings.unknown())
    assert "The acceptance rate is not known yet" in page
    assert "it takes decisions and activities of sales, and they are not both recorded" in page
    assert "12 handoffs are left out" in page
    told = re.sub(r"<style>.*?</style>|<dl>.*?</dl>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert set(re.findall(r"\d+%", told)) == {"50%", "80%"}  # what was agreed


def test_an_empty_workspace_says_what_to_do_next() -> None:
    page = page_html(briefings.empty())
    assert "No lead has been handed over to sales yet" in page
    assert "accord import" in page


def test_handoffs_whose_leads_are_missing_are_not_called_absent() -> None:
    empty = briefings.empty()
    definitions = replace(empty.definitions, left_out={"handoffs_of_unknown_leads": 1})
    page = page_html(replace(empty, definitions=definitions))
    assert "1 handoff is recorded, and its lead is not: nothing can be counted" in page
    assert "Import the leads too" in page


def test_what_people_wrote_is_text_and_never_markup() -> None:
    evil = "<script>alert('x')</script> & \"co\""
    row = examples.row(40, 0.5, segment={"origin": evil})
    report = examples.report(examples.total(), (row,), agreement_name=evil)
    page = page_html(
        replace(
            briefings.full(), segments=(report,), definitions=replace(briefings.full().definitions, agreement_name=evil)
        )
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_same_report_gives_the_same_page() -> None:
    assert page_html(briefings.full()) == page_html(briefings.full())


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes() -> dict[str, dict[str, str]]:
    style = re.search(r"<style>(.*?)</style>", page_html(briefings.empty()), re.DOTALL)
    assert style
    light, dark, paper = re.findall(r":root \{(.*?)\}", style[1], re.DOTALL)
    return {
        name: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", text))
        for name, text in (("light", light), ("dark", dark), ("print", paper))
    }


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_text_and_drawings_have_the_contrast_that_wcag_asks_for(theme: str) -> None:
    colours = palettes()[theme]
    for text in ("ink", "muted", "good", "bad"):
        for ground in ("paper", "ground"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["ink"], colours["shade"]) >= 4.5
    assert contrast(colours["muted"], colours["shade"]) >= 4.5
    for drawn in ("accent", "interval", "accepted", "rejected", "open-line"):
        assert contrast(colours[drawn], colours["paper"]) >= 3, drawn
    assert palettes()["print"].keys() == palettes()["light"].keys() == palettes()["dark"].keys()
