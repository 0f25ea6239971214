"""Corrective actions as files: what ``accord actions export`` writes and ``accord actions import`` reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from accord.actions.files import COLUMNS
from accord.actions.model import CorrectiveAction, content_of
from accord.actions.where import segment_text
from accord.report.actions.answer import exported

__all__ = ["actions_csv", "actions_file"]


def actions_csv(actions: Sequence[CorrectiveAction]) -> str:
    """A line per action that was not removed; ``where`` as in ``team=DACH; channel=webinar``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for action in actions:
        if not action.removed:
            said = {**content_of(action), "id": action.id, "where": segment_text(action.where)}
            writer.writerow(["" if said[name] is None else said[name] for name in COLUMNS])
    return text.getvalue()


def actions_file(actions: Sequence[CorrectiveAction]) -> str:
    """The same as a JSON list, for people's eyes and for version control."""
    return json.dumps(exported(actions), ensure_ascii=False, indent=2) + "\n"
