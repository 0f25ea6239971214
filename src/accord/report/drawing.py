"""Charts drawn: SVG for the pages, in the colours of their style sheet, and an object that notebooks show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup

from accord.report.chart_parts import Palette, Spec

__all__ = ["PAGE_COLOURS", "Chart", "inlined", "svg"]

VEGA_LITE = "6.4"

PAGE_COLOURS = Palette(
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--line)",
    accent="var(--accent)",
    band="var(--band)",
    shade="var(--shade)",
    surface="var(--paper)",
    font="inherit",
)
"""The style sheet decides, so that one drawing serves light, dark and paper."""


def svg(spec: Spec) -> str:
    """``spec`` as SVG text, drawn here: no browser, no network."""
    drawing: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return drawing


def inlined(drawing: str) -> Markup:
    """A drawing as part of a page: its own description and roles go, for the figure around it carries the words."""
    plain = re.sub(r'\s(?:role|aria-[a-z]+|xmlns:xlink|font-family)="[^"]*"', "", drawing)
    return Markup(
        plain.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    )  # our own drawing, of our own texts


@dataclass(frozen=True)
class Chart:
    """A chart of a report: ``spec`` is its Vega-Lite specification; a notebook shows it by itself."""

    spec: Spec

    def to_svg(self) -> str:
        """SVG text."""
        return svg(self.spec)

    def to_png(self, scale: float = 2.0) -> bytes:
        """A PNG image; ``scale`` pixels for each point of the specification."""
        image: bytes = vl_convert.vegalite_to_png(self.spec, vl_version=VEGA_LITE, scale=scale)
        return image

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "application/vnd.vegalite.v6+json": self.spec,
            "image/svg+xml": self.to_svg(),
            "text/plain": self.spec["description"],
        }
