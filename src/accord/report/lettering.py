"""The typefaces of documents that leave the house: a page carries its own letters, so that it looks the same anywhere.

Source Sans 3 and Source Serif 4 (SIL Open Font License 1.1, ``typefaces/OFL.txt``), Latin letters.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["SANS", "SERIF", "font_faces"]

SANS, SERIF = "Source Sans 3", "Source Serif 4"

PLAIN = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2212"
EXTENDED = "U+0100-0130, U+0132-0151, U+0154-02BA, U+02BD-02C5, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB, U+20AD-20C0"


@dataclass(frozen=True, slots=True)
class _Face:
    family: str
    file: str
    weight: int


_FACES = (
    _Face(SANS, "source-sans-3", 400),
    _Face(SANS, "source-sans-3", 600),
    _Face(SERIF, "source-serif-4", 600),
)


def font_faces(text: str) -> str:
    """The style rules that carry the letters of ``text``: those of Western Europe, and more only where it has more."""
    subsets = [("latin", PLAIN)]
    if any(_is_extended(ord(letter)) for letter in set(text)):
        subsets.append(("latin-ext", EXTENDED))
    return "\n".join(_rule(face, subset, letters) for face in _FACES for subset, letters in subsets)


def _is_extended(code: int) -> bool:
    spans = [span.strip().removeprefix("U+").split("-") for span in EXTENDED.split(",")]
    return any(int(low, 16) <= code <= int(high, 16) for low, high in spans)


@cache
def _rule(face: _Face, subset: str, letters: str) -> str:
    data = files("accord.report").joinpath("typefaces", f"{face.file}-{subset}-{face.weight}-normal.woff2").read_bytes()
    source = f"url(data:font/woff2;base64,{base64.b64encode(data).decode('ascii')}) format('woff2')"
    return (
        f"@font-face {{ font-family: '{face.family}'; font-style: normal; font-weight: {face.weight}; "
        f"font-display: swap; src: {source}; unicode-range: {letters}; }}"
    )
