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
    "budget": ("budget", "Budget known", "Budget connu", "There is money.", "Il y a un budget."),
    "decision_maker": ("authority", "Decides", "Décide", "Somebody who decides takes part.", "Un décideur participe."),
}
_WORDS = {  # what a person calls the values of those columns
    "food_processing": ("food processing", "agroalimentaire"),
    "automotive": ("automotive", "automobile"),
    "chemicals": ("chemicals", "chimie"),
    "packaging": ("packaging", "emballage"),
    "machinery": ("machinery", "machines"),
    "pharmaceuticals": ("pharmaceuticals", "pharmacie"),
    "logistics": ("logistics", "logistique"),
    "small": ("10 to 49 people", "10 à 49 salariés"),
    "medium": ("50 to 249", "50 à 249"),
    "large": ("250 to 999 people", "250 à 999 salariés"),
    "enterprise": ("1,000 people or more", "1 000 salariés ou plus"),
    "operations": ("operations", "exploitation"),
    "engineering": ("engineering", "ingénierie"),
    "purchasing": ("purchasing", "achats"),
    "it": ("IT", "informatique"),
    "finance": ("finance", "finance"),
    "c_level": ("executive", "direction générale"),
    "director": ("director", "direction"),
    "manager": ("manager", "responsable"),
    "specialist": ("specialist", "spécialiste"),
    "student": ("student", "étudiant"),
    "exploring": ("exploring", "en exploration"),
    "defined": ("defined", "défini"),
    "urgent": ("urgent", "urgent"),
}
_WHY_OTHERWISE = {  # where the reason of the column is not that of the value
    "logistics": ("Fewer machines, but they run day and night.", "Moins de machines, mais jour et nuit."),
    "small": ("Small plants buy now and then.", "Les petits sites achètent parfois."),
    "enterprise": ("Large deals, won less often.", "De grosses affaires, gagnées moins souvent."),
    "purchasing": (
        "They compare offers, and so there is a project.",
        "Ils comparent les offres, donc il y a un projet.",
    ),
    "it": ("They connect it and do not choose it.", "Ils la raccordent et ne la choisissent pas."),
    "finance": ("They approve what others choose.", "Ils valident ce que d’autres choisissent."),
    "specialist": ("Uses it, and has to convince others.", "S’en sert, et doit convaincre les autres."),
    "student": ("Curious, and will not buy.", "Curieux, et n’achètera pas."),
    "exploring": ("The question is there, the project is not yet.", "La question est là, le projet pas encore."),
    "urgent": ("Who must decide soon has already convinced himself.", "Qui doit décider vite s’est déjà convaincu."),
}
_TOUCHES = {  # label and reason, in English and French
    "page_view": (("Pages read", "Pages lues"), ("A little curiosity.", "Un peu de curiosité.")),
    "download": (
        ("White papers downloaded", "Livres blancs téléchargés"),
        ("Reads about the subject.", "Se documente sur le sujet."),
    ),
    "webinar": (("Webinars attended", "Webinaires suivis"), ("Gave us an hour.", "Nous a donné une heure.")),
    "email_click": (
        ("Links clicked in e-mails", "Liens cliqués dans les e-mails"),
        ("Our e-mails are read.", "Nos e-mails sont lus."),
    ),
    "email_reply": (
        ("E-mails answered", "Réponses aux e-mails"),
        ("Took the time to answer.", "A pris le temps de répondre."),
    ),
    "form": (
        ("Contact forms", "Formulaires de contact"),
        ("Left contact details and a question.", "A laissé ses coordonnées et une question."),
    ),
    "trial": (("Trial started", "Essai démarré"), ("Wants to see it work.", "Veut voir si cela marche.")),
    "pricing_view": (
        ("Prices looked at", "Tarifs consultés"),
        ("People look at prices when they compare.", "On regarde les prix quand on compare."),
    ),
    "demo_request": (
        ("Demo asked for", "Démo demandée"),
        ("Asking is the strongest thing a prospect does.", "Demander est ce qu’un prospect fait de plus fort."),
    ),
    "call_in": (
        ("Called us", "Nous a appelés"),
        ("Who calls has a problem today.", "Qui appelle a un problème aujourd’hui."),
    ),
    "event": (
        ("Met at a trade show", "Rencontré sur un salon"),
        ("We have met in person.", "Nous nous sommes rencontrés."),
    ),
    "social": (
        ("Followed on social networks", "Suivi sur les réseaux sociaux"),
        ("Interest from afar.", "Un intérêt de loin."),
    ),
    "chat": (("Chats", "Conversations en ligne"), ("Has a question now.", "A une question tout de suite.")),
}


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
            named = [_WORDS.get(word, (word, word)) for word in words if isinstance(word, str) and word != "true"]
            label = (en, fr)
            if named:
                label = (f"{en}: {_listed(named, 0, 'or')}", f"{fr} : {_listed(named, 1, 'ou')}")
            why = _WHY_OTHERWISE.get(str(words[0]), (why_en, why_fr)) if len(words) == 1 else (why_en, why_fr)
            name = field if len(together) == 1 else f"{field}_{points:g}".replace("-", "minus_")
            yield _criterion(name, axis, label, why, points, f"when: {when}")


def _listed(words: list[tuple[str, str]], language: int, last: str) -> str:
    """One, two or three, in English (0) or French (1)."""
    said = [word[language] for word in words]
    return f"{', '.join(said[:-1])} {last} {said[-1]}" if len(said) > 1 else said[0]


def _of_touches(company: Company) -> Iterator[str]:
    for kind, (points, most) in rule_of_touches(company).items():
        if points:
            label, why = _TOUCHES[kind]
            counts = f"touches: {{kind: {kind}}}, cap: {most:g}"
            yield _criterion(kind, "engagement", label, why, points, counts)


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
