"""What is wrong with a command line, said in the reader's language.

The parser complains in fixed English sentences; each one is recognised here and said again. A sentence that is not
recognised is shown as it came: better English than nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from accord.language import gettext as _

__all__ = ["say_again"]


def say_again(message: str) -> str:
    """The parser's English ``message`` in the language in use."""
    if option := re.fullmatch(r"No such option: (?P<found>\S+)(?: \(Possible options: (?P<near>.+)\))?", message):
        return _no_option(option["found"], (option["near"] or "").split(", "))
    sentences = (
        (r"Missing (?:argument|parameter) '(?P<found>.+)'\.", _("{found} is missing.")),
        (r"Missing option '(?P<found>.+)'\.", _("The option {found} is missing.")),
        (r"Option '(?P<found>.+)' requires an argument\.", _("The option {found} needs a value after it.")),
        (r"Option '(?P<found>.+)' does not take a value\.", _("The option {found} takes no value.")),
        (r"Got unexpected extra argument\(s\) \((?P<found>.+)\)", _("Too many words: {found} is not expected here.")),
        (
            r"Invalid value for '(?P<found>.+)': Input should be a valid integer\b.*",
            _("{found} takes a whole number, as in {found} 90."),
        ),
        (
            r"Invalid value for '(?P<found>.+)': Input should be greater than or equal to (?P<least>\S+)",
            _("{found} cannot be below {least}."),
        ),
        (r"Invalid value for '(?P<found>.+)': (?P<why>.+)", _("{found} cannot have this value: {why}")),
    )
    for pattern, sentence in sentences:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            found = {name: text.replace(" …", "") for name, text in match.groupdict().items()}
            return sentence.format(**found)
    return message


def _no_option(found: str, possible: Sequence[str]) -> str:
    """That there is no option ``found``, and those of the ``possible`` that somebody may have meant: the parser counts
    the dashes as letters in common, and so finds --table near --database."""
    names = {name.lstrip("-"): name for name in possible}
    near = [names[name] for name in get_close_matches(found.lstrip("-"), names, cutoff=0.65)]
    said = _("There is no option {found}.").format(found=found)
    if not near:
        return said
    nearest = _("The nearest are {near}.") if len(near) > 1 else _("The nearest is {near}.")
    return f"{said} {nearest.format(near=', '.join(near))}"
