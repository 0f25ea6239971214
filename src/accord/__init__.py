"""Accord: marketing and sales agree on what a good lead is, and see whether the agreement holds.

>>> import accord
>>> with accord.open("my-company") as figures:  # doctest: +SKIP
...     print(figures.acceptance(by=["channel"]))
"""

from accord.surface import attribute as __getattr__  # noqa: F401  what is asked for is loaded then, not before
from accord.surface import names as __dir__  # noqa: F401

__version__ = "0.1.0"
__all__ = [
    "Acceptance",
    "AccordError",
    "Actions",
    "AgreementError",
    "Audit",
    "BoardReport",
    "Bounds",
    "DataError",
    "Diagnosis",
    "EngineError",
    "Estimate",
    "Fault",
    "Figures",
    "Reason",
    "Recycle",
    "Unknown",
    "UsageError",
    "Value",
    "Viewer",
    "WorkspaceError",
    "__version__",
    "open",
    "use_language",
]
