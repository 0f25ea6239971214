"""Charts drawn: SVG for the page, and an object that notebooks show by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import vl_convert

from accord.report.chart_parts import Spec

__all__ = ["Chart", "svg"]

VEGA_LITE = "6.4"


def svg(spec: Spec) -> str:
    """``spec`` as SVG text, drawn here: no browser, no network."""
    drawing: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return drawing


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
