"""The points rule of the simulated company as its agreement has it: the section ``qualification`` of accord.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from accord.demo.company import Company
from accord.demo.rule import BANDS, Given, band_edges, rule_of_fields, rule_of_touches

__all__ = ["qualification_text"]

_FIELDS = {
    "sector": ("fit", "Sector", "Secteur", "Who makes things has machines to watch.", "Qui fabrique a des machines."),
    "account_size": ("fit", "Size", "Taille", "A plant of some size pays for itself.", "Il faut une certaine taille."),
    "job_function": ("fit", "Function", "Fonction", "These people live with downtime.", "Ils vivent avec les arrêts."),
    "seniority": ("fit", "Level", "Niveau", "Who can start a project.", "Qui peut lancer un projet."),
    "need": ("need", "Need", "Besoin", "A need that was said aloud.", "Un besoin exprimé."),
    "budget": ("budget", "Budget", "Budget", "There is money.", "Il y a un budget."),
    "decision_maker": ("authority", "Decides", "Décide", "Somebody who decides takes part.", "Un décideur participe."),
}
_TOUCHES = {
    "page_view": ("Pages read", "Pages lues"),
    "download": ("White papers downloaded", "Livres blancs téléchargés"),
    "webinar": ("Webinars attended", "Webinaires suivis"),
    "email_click": ("Links clicked in e-mails", "Liens cliqués dans les e-mails"),
    "email_reply": ("E-mails answered", "Réponses aux e-mails"),
    "form": ("Contact forms", "Formulaires de contact"),
    "trial": ("Trial started", "Essai démarré"),
    "pricing_view": ("Prices looked at", "Tarifs consultés"),
    "demo_request": ("Demo asked for", "Démo demandée"),
    "call_in": ("Called us", "Nous a appelés"),
    "event": ("Met at a trade show", "Rencontré sur un salon"),
    "social": ("Followed on social networks", "Suivi sur les réseaux sociaux"),
    "chat": ("Chats", "Conversations en ligne"),
}
_WHY_TOUCH = ("What the prospect did.", "Ce que le prospect a fait.")


def qualification_text(company: Company) -> str:
    """The rule of ``company`` in the form of an agreement, distorted where a cause says so; ends with a newline."""
    lines = ["qualification:", "  criteria:"]
    lines += [f"    - {line}" for line in (*_of_fields(), *_of_touches(company))]
    *edges, _last = [*band_edges(), None]
    lines += _ideal_profile()
    lines += [f"  threshold: {edges[-1]:g}", "  bands:"]
    lines += [f"    - {{name: {name}, from: {edge:g}}}" for name, edge in zip(BANDS, edges, strict=False)]
    return "\n".join([*lines, f"    - {{name: {BANDS[-1]}}}", ""])


def _ideal_profile() -> Iterator[str]:
    """Whom the company sells to best: what brings the most points of sector and of size."""
    yield "  ideal_profile:"
    yield "    all:"
    for field in ("sector", "account_size"):
        rules = [rule for rule in rule_of_fields() if rule.field == field]
        most = max(rule.points for rule in rules)
        yield f"      - {{field: {field}, {_compared([rule.value for rule in rules if rule.points == most])}}}"


def _of_fields() -> Iterator[str]:
    """A criterion for each number of points that a column can bring."""
    for field, rules in groupby(rule_of_fields(), key=lambda rule: rule.field):
        axis, en, fr, why_en, why_fr = _FIELDS[field]
        together: dict[float, list[Given]] = {}
        for rule in rules:
            together.setdefault(rule.points, []).append(rule)
        for points, same in together.items():
            words = [rule.value for rule in same]
            when = f"{{field: {field}, {_compared(words)}}}"
            shown = ", ".join(word for word in words if isinstance(word, str))
            label = (f"{en}: {shown}", f"{fr} : {shown}") if shown else (en, fr)
            name = field if len(together) == 1 else f"{field}_{points:g}".replace("-", "minus_")
            yield _criterion(name, axis, label, (why_en, why_fr), points, f"when: {when}")


def _of_touches(company: Company) -> Iterator[str]:
    for kind, (points, most) in rule_of_touches(company).items():
        if points:
            yield _criterion(
                kind, "engagement", _TOUCHES[kind], _WHY_TOUCH, points, f"touches: {{kind: {kind}}}, cap: {most:g}"
            )


def _compared(words: list[str | None]) -> str:
    if words == [None]:
        return "exists: true"
    if words == ["true"]:
        return "is: true"
    return f"in: [{', '.join(str(word) for word in words)}]"


def _criterion(  # noqa: PLR0917 - a criterion has as many parts
    name: str, axis: str, label: tuple[str, str], why: tuple[str, str], points: float, counts: str
) -> str:
    texts = f'label: {{en: "{label[0]}", fr: "{label[1]}"}}, why: {{en: "{why[0]}", fr: "{why[1]}"}}'
    return f"{{id: {name}, axis: {axis}, points: {points:g}, {counts}, {texts}}}"
