"""The board report as a PDF of A4 pages: the same page, set by WeasyPrint, an extra (``accord[pdf]``)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from types import ModuleType
from typing import cast

from accord.errors import UsageError
from accord.language import gettext as _
from accord.typed import as_typed

__all__ = ["boxes_sentence", "check_pdf", "pdf_of"]

INSTALL = "pip install 'accord[pdf]'"
LIBRARIES = "sudo apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0"


def check_pdf() -> None:
    """``UsageError`` where WeasyPrint or the libraries it draws text with are missing, with what installs them."""
    _weasyprint()


def pdf_of(page: str, boxes: Callable[[str], None] | None = None) -> bytes:
    """The PDF of a page made by :func:`accord.report.board.page.board_paper`; the same bytes for the same page.

    It is tagged for screen readers. Nothing is fetched: the page carries all it needs, letters included; those that its
    typefaces lack come from the machine's fonts. ``boxes``: told the letters that none of these has either, where
    there are any; a box is drawn for each. Raises what :func:`check_pdf` does.
    """
    weasyprint = _weasyprint()
    # The typefaces have no narrow no-break space, and no letter of a PDF may depend on what the machine has installed.
    page = page.replace("\u202f", "\u00a0")
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    log, heard = logging.getLogger("weasyprint"), _Boxes()
    log.addFilter(heard)
    try:
        made: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(
            pdf_identifier=hashlib.sha256(page.encode("utf-8")).digest()[:16], pdf_tags=True
        )
    finally:
        log.removeFilter(heard)
    if heard.letters and boxes is not None:
        boxes("".join(heard.letters))
    return made


def boxes_sentence(letters: str) -> str:
    """What is said where the PDF has boxes in place of ``letters``."""
    return _(
        "The PDF shows boxes in place of {letters}: neither its own typefaces nor the fonts of this machine have these "
        "letters. With a font that has them installed it shows them; the page of --html leaves them to the browser."
    ).format(letters=" ".join(letters))


class _Boxes(logging.Filter):
    """Listens for letters that no font has: WeasyPrint tells of them in its log alone."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: dict[str, None] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record tells of something else, and goes where it went before; a letter without a font is noted."""
        if not (str(record.msg).startswith(".notdef") and record.args):
            return True
        self.letters[str(next(iter(record.args)))] = None
        return False


def _weasyprint() -> ModuleType:
    try:
        import weasyprint  # noqa: PLC0415  an extra: only who asks for a PDF needs it
        import weasyprint.urls  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            _("A PDF needs the package WeasyPrint. Install it with: {command}").format(command=INSTALL)
            + " "
            + _("Or write a page that any browser prints: {command}").format(command=as_typed("report --html FILE"))
        ) from error
    except OSError as error:  # the package is there, the system's libraries are not
        raise UsageError(
            _(
                "A PDF needs the text libraries of Pango, which are not installed. Install them with: {command} "
                "(macOS: brew install pango)."
            ).format(command=LIBRARIES)
            + " "
            + _("Or write a page that any browser prints: {command}").format(command=as_typed("report --html FILE"))
        ) from error
    return cast("ModuleType", weasyprint)
