"""A condition on a lead, as data: one comparison of one field, or others combined. Never text that is evaluated.

A condition is true, false, or unknown: a field without a value makes a comparison unknown, and unknown is carried
through ``all``, ``any`` and ``not`` by Kleene's logic (Kleene 1952, §64): ``all`` is false as soon as one part is,
``any`` true as soon as one part is, and what the missing value could still change stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from accord.agreement.findings import ANY, Finding, broken
from accord.agreement.kinds import MOST_WITHIN_DAYS, WHOLE, Cell, Cells, Number, Text
from accord.agreement.part import Part
from accord.language import gettext as _

__all__ = ["COMBINATIONS", "COMPARISONS", "Condition"]

COMPARISONS = {
    "is": "equal_to",
    "in": "one_of",
    "in_list": "in_list",
    "between": "between",
    "at_least": "at_least",
    "at_most": "at_most",
    "exists": "exists",
    "within_days": "within_days",
}
"""Key of the file → attribute; each compares ``field``."""

COMBINATIONS = {"all": "all_of", "any": "any_of", "not": "negated"}
"""Key of the file → attribute; each combines conditions."""


def _two_in_order(bounds: tuple[float, ...]) -> tuple[float, ...]:
    if len(bounds) != 2:
        message = _("{key} must have two numbers, the lowest and the highest; it has {n}.")
        raise broken(Finding(message, {"n": len(bounds)}, rests_on=(ANY,)))
    if bounds[0] > bounds[1]:
        message = _("{key} goes from {low} to {high}; the first must not be above the second.")
        low, high = (f"{bound:g}" for bound in bounds)
        hint = _("Write [{low}, {high}].").format(low=high, high=low)
        raise broken(Finding(message, {"low": low, "high": high}, hint, rests_on=(ANY,)))
    return bounds


Between = Annotated[
    tuple[Number, ...], AfterValidator(_two_in_order), Field(json_schema_extra={"minItems": 2, "maxItems": 2})
]


class Condition(Part):
    """A condition on a lead: exactly one comparison of a field, or exactly one combination of other conditions."""

    field: Text | None = None
    """Column of the lead that is compared, or account_size."""

    equal_to: Annotated[Cell | None, Field(alias="is")] = None
    """The field is exactly this."""

    one_of: Annotated[Cells | None, Field(alias="in")] = None
    """The field is exactly one of these."""

    in_list: Text | None = None
    """The field is exactly one of the values of the list with this name."""

    between: Between | None = None
    """The field is a number between these two, both included."""

    at_least: Number | None = None
    """The field is this number or more."""

    at_most: Number | None = None
    """The field is this number or less."""

    exists: bool | None = None
    """Whether the field must have a value (true) or must have none (false). Never unknown."""

    within_days: Annotated[int, Field(ge=1, le=MOST_WITHIN_DAYS), WHOLE] | None = None
    """The field is a time of the last so many times 24 hours."""

    all_of: Annotated[tuple[Condition, ...] | None, Field(alias="all", min_length=1)] = None
    """Every one of these conditions holds."""

    any_of: Annotated[tuple[Condition, ...] | None, Field(alias="any", min_length=1)] = None
    """At least one of these conditions holds."""

    negated: Annotated[Condition | None, Field(alias="not")] = None
    """This condition does not hold."""

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        compared = [key for key, name in COMPARISONS.items() if getattr(self, name) is not None]
        combined = [key for key, name in COMBINATIONS.items() if getattr(self, name) is not None]
        if finding := _wrong_form(compared, combined, self.field):
            raise broken(finding)
        return self

    @model_serializer(mode="wrap")
    def _only_its_form(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        return {key: value for key, value in content.items() if value is not None}

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions it combines; none where it is a comparison."""
        return self.all_of or self.any_of or ((self.negated,) if self.negated is not None else ())

    def comparisons(self, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
        """Every comparison in it, with the keys and places that lead there; ``path`` leads to this one."""
        if self.field is not None:
            yield path, self
        elif self.negated is not None:
            yield from self.negated.comparisons((*path, "not"))
        else:
            key = "all" if self.all_of is not None else "any"
            for place, part in enumerate(self.parts):
                yield from part.comparisons((*path, key, place))


def _wrong_form(compared: Sequence[str], combined: Sequence[str], field: str | None) -> Finding | None:
    forms = [*compared, *combined]
    if len(forms) > 1:
        message = _("{key} has {n} forms: {forms}. A condition has one.")
        values = {"n": len(forms), "forms": ", ".join(forms)}
        hint = _("Write [lowest, highest] after between.") if {*forms} == {"at_least", "at_most"} else None
        return Finding(message, values, hint or _("Give each its own condition inside all or any."), rests_on=(ANY,))
    if combined and field is not None:
        message = _("{key} has a field and {form}; a condition has one or the other.")
        hint = _("Move the field into a condition inside {form}.").format(form=combined[0])
        return Finding(message, {"form": combined[0]}, hint, rests_on=(ANY,))
    if compared and field is None:
        message = _("{key} has {form} and no field to compare.")
        return Finding(message, {"form": compared[0]}, _("Name the column: field: sector."), rests_on=(ANY,))
    if forms:
        return None
    if field is None:
        message = _("{key} says nothing; a condition has a field and a comparison, or a combination of conditions.")
    else:
        message = _("{key} names a field and does not compare it.")
    hint = _("Comparisons: {words}. Combinations: {more}.")
    words = {"words": ", ".join(COMPARISONS), "more": ", ".join(COMBINATIONS)}
    return Finding(message, {}, hint.format(**words), rests_on=(ANY,))
