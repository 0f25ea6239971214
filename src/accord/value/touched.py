"""What the touches of leads say about money: who gets the credit, and which channels were met together."""

from __future__ import annotations

from collections.abc import Mapping

from accord.agreement.attribution import LONGEST_HALF_LIFE_DAYS, RULES, rule_written
from accord.agreement.findings import nearest
from accord.agreement.model import Agreement
from accord.errors import UsageError
from accord.language import gettext as _
from accord.readmodel.source import Source
from accord.stats.grouped import Ints
from accord.value.attribution import attributed
from accord.value.attribution_figures import Attribution, Multichannel, Rule
from accord.value.fronts import multichannel
from accord.value.purchases import Ground
from accord.value.sharing import ByMonth
from accord.value.touch_paths import met_before_handoff, touch_paths

__all__ = ["rule_of", "touched"]


def rule_of(asked: str | None, agreement: Agreement) -> Rule:
    """The rule that was asked for, else the agreement's, else the lead's own channel; ``UsageError`` for no rule."""
    if asked:
        choice = rule_written(asked)
        if choice is None or (":" in asked and choice.rule != "time_decay"):
            raise UsageError(_wrong(asked))
        return Rule(choice.rule, "asked", choice.half_life_days)
    if agreement.attribution is None:
        return Rule("lead_channel", "default")
    choice = rule_written(agreement.attribution)
    if choice is None:
        return Rule("lead_channel", "not_understood")
    return Rule(choice.rule, "agreement", choice.half_life_days)


def _wrong(asked: str) -> str:
    word, _colon, _days = asked.partition(":")
    named = rule_written(word)
    if named is not None and named.rule != "time_decay":
        return _("--attribution cannot be {value}: only time_decay takes days after a colon.").format(value=repr(asked))
    if named is not None:
        return _("--attribution cannot be {value}: after the colon stand days, more than 0 and up to {most}.").format(
            value=repr(asked), most=round(LONGEST_HALF_LIFE_DAYS)
        )
    message = _("--attribution cannot be {value}: {known}.").format(value=repr(asked), known=", ".join(RULES))
    near = nearest(word, RULES)
    return f"{message} {near}" if near else message


def touched(
    source: Source, ground: Ground, of_lead: Ints, spent: tuple[ByMonth, Mapping[str, ByMonth]], rule: Rule
) -> tuple[Attribution, Multichannel | None]:
    """Both answers for the leads in a cell. No touch is looked at where none is recorded.

    ``spent``: by channel, campaign and month; beside it the same of what nobody said the worth of, by currency. Credit
    is worked out only for a rule that somebody chose: it costs a look at every touch up to each win.
    """
    chosen = rule.because in {"asked", "agreement"}
    if not source.recorded.get("touches") and not chosen:
        return Attribution(rule), None
    leads = ground.facts.leads
    found = Attribution(rule)
    if chosen:
        found = attributed(ground, of_lead, spent, touch_paths(source, leads), rule)
    handed = bool(source.recorded.get("handoffs")) and bool(source.recorded.get("touches"))
    if not handed:
        return found, None
    return found, multichannel(ground, of_lead, met_before_handoff(source, leads, beside_paths=chosen))
