"""What charts are made of: colours, axes, the lines of what was agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accord.report import formats

__all__ = ["LIGHT", "Palette", "Spec", "agreed_line", "share_axis", "specification", "texts_at"]

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a chart: any CSS colour, or ``var(--name)`` where a page decides."""

    ink: str
    muted: str
    grid: str
    accent: str
    band: str
    shade: str
    surface: str
    background: str | None = None
    font: str = "system-ui, sans-serif"


LIGHT = Palette(
    ink="#1c2430",
    muted="#5b6675",
    grid="#e3e7ec",
    accent="#1f5fbf",
    band="#c9dbf5",
    shade="#f3efe2",
    surface="#ffffff",
    background="#ffffff",
)
"""For paper and notebooks."""


def share_axis(palette: Palette) -> Spec:
    """Zero to all, in quarters."""
    marks = {value: formats.percent(value) for value in (0, 0.25, 0.5, 0.75, 1)}
    return {
        "values": list(marks),
        "labelExpr": texts_at(marks),
        "grid": True,
        "gridColor": palette.grid,
        "gridOpacity": 1,
        "labelColor": palette.muted,
        "domain": False,
        "ticks": False,
        "labelPadding": 8,
    }


def texts_at(texts: Mapping[float, str]) -> str:
    """A Vega expression that writes the given text at each value of an axis."""
    pairs = ", ".join(f"'{value:.12g}': '{text.replace(chr(39), chr(8217))}'" for value, text in texts.items())
    return f"{{{pairs}}}[toString(datum.value)]"


def agreed_line(share: float, label: str, palette: Palette) -> Spec:
    """A dashed line across the chart at a share that was agreed, labelled to the right of it."""
    y = {"field": "share", "type": "quantitative"}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": palette.muted, "text": label}
    return {
        "data": {"values": [{"share": share}]},
        "layer": [
            {"mark": {"type": "rule", "strokeDash": [3, 3], "color": palette.muted}, "encoding": {"y": y}},
            {"mark": text, "encoding": {"y": y, "x": {"value": "width"}}},
        ],
    }


def specification(
    data: Sequence[Mapping[str, Any]], layers: Sequence[Any], description: str, palette: Palette, **size: Any
) -> Spec:
    """A whole Vega-Lite specification; ``size`` is its width, height and autosize."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "background": palette.background,
        "padding": 4,
        **size,
        "data": {"values": list(data)},
        "layer": list(layers),
        "config": {
            "view": {"stroke": None},
            "font": palette.font,
            "axis": {"labelFontSize": 12},
            "text": {"fontSize": 12},
        },
    }
