"""What the headings and words of a hand-made export mostly mean, in English and French.

Only proposals are made of this, for a person to confirm: nothing is imported on the strength of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.ingest.folding import fold
from accord.ingest.profile import Profile
from accord.tables.schema import DECISION_OUTCOMES

__all__ = [
    "MOMENTS",
    "UNDECIDED",
    "Moment",
    "amount_column",
    "decision_column",
    "lead_column",
    "meaning_of_word",
    "moment_of",
    "rep_column",
]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens to a lead at a time: ``table`` it makes, ``what`` in it, and how headings say it.

    ``sure``: how often a heading with these words means that.
    """

    table: str
    what: str
    phrases: tuple[str, ...]
    sure: float


_NO_MOMENT = (
    *("last", "latest", "updated", "modified", "modification", "due", "deadline", "expected", "birth", "next"),
    *("dernier", "derniere", "modifie", "echeance", "prevu", "prevue", "prochain", "prochaine", "naissance", "limite"),
    *("limit", "shipping", "livraison"),
)
"""A time that comes again, or is only planned, is no event."""

MOMENTS: tuple[Moment, ...] = (
    Moment("decisions", "disqualified", ("disqualified", "disqualification", "disqualifie", "disqualifiee"), 0.8),
    Moment("decisions", "recycled", ("recycled", "recycle", "nurture", "nurturing", "recyclage"), 0.8),
    Moment(
        "decisions",
        "rejected",
        (
            *("rejected", "rejection", "declined", "refused", "refusal", "returned", "cancelled", "canceled"),
            *("rejete", "rejetee", "rejet", "refuse", "refusee", "refus", "decline", "declinee", "annule", "annulee"),
        ),
        0.7,
    ),
    Moment(
        "handoffs",
        "",
        (
            *("transmitted", "transmission", "handed", "handoff", "handover", "hand off", "hand over", "handed over"),
            *("assigned", "assignment", "routed", "dispatched", "distributed", "sent to sales", "passed to sales"),
            *(
                "envoi aux ventes",
                "envoi aux commerciaux",
                "envoi au commercial",
                "envoye aux ventes",
                "passe aux ventes",
            ),
            *("transmis aux ventes", "remis aux ventes"),
            *("given to sales", "handed to sales", "passe aux commerciaux", "passe au commercial", "remis", "remise"),
            *(
                "confie",
                "confiee",
                "donne aux commerciaux",
                "mql",
                "marketing qualified",
                "marketing qualifie",
                "marketing qualifiee",
                "qualifie marketing",
                "qualifie par le marketing",
                "transmis",
                "transmise",
                "affecte",
                "affectee",
                "affectation",
                "attribue",
            ),
            *("attribuee", "attribution", "assigne", "assignee", "transfere", "transferee", "envoye aux commerciaux"),
        ),
        0.8,
    ),
    Moment(
        "decisions",
        "accepted",
        (
            *("accepted", "preaccepted", "pre accepted", "acceptance", "qualified", "sal", "sql", "converted"),
            *("accepte", "acceptee", "acceptation", "qualifie", "qualifiee", "qualification", "converti", "convertie"),
        ),
        0.75,
    ),
    Moment("decisions", "", ("decided", "decision", "verdict", "decide", "decidee", "tranche", "tranchee"), 0.75),
    Moment("activities", "call", ("called", "call", "first call", "phoned", "appel", "appele", "appelee"), 0.65),
    Moment("activities", "email", ("emailed", "email sent", "mailed", "e mail envoye", "mail envoye"), 0.65),
    Moment("activities", "meeting", ("met", "meeting", "demo", "rdv", "rendez vous", "reunion", "visio"), 0.6),
    Moment("activities", "visit", ("visited", "visit", "visite"), 0.6),
    Moment("leads", "", ("first contact", "premier contact"), 0.6),
    Moment(
        "activities",
        "",
        (
            *("taken", "taken up", "picked up", "worked", "touched", "contacted", "outreach", "responded", "response"),
            *("first action", "follow up", "followed up", "pris", "prise", "prise en charge", "contacte", "contactee"),
            *("traite", "traitee", "relance", "relancee", "premiere action", "suivi"),
        ),
        0.55,
    ),
    Moment("opportunities", "won", ("won", "signed", "closed won", "gagne", "gagnee", "signe", "signee", "gain"), 0.75),
    Moment("opportunities", "won", ("approved", "activated", "approuve", "approuvee"), 0.45),
    Moment("opportunities", "lost", ("lost", "closed lost", "perdu", "perdue", "perte"), 0.7),
    Moment("opportunities", "opened", ("opportunity", "deal", "opportunite", "affaire"), 0.6),
    Moment(
        "orders",
        "",
        ("order", "ordered", "purchase", "purchased", "invoice", "paid", "commande", "facture", "achat", "paye"),
        0.6,
    ),
    Moment(
        "leads",
        "",
        (
            *("created", "creation", "registered", "registration", "signup", "sign up", "submitted", "received"),
            *("inquiry", "enquiry", "entered", "added", "cree", "creee", "inscription", "inscrit", "recu", "recue"),
            *("ajout", "ajoute", "ajoutee", "saisie", "demande"),
        ),
        0.75,
    ),
)
"""The first that fits is taken: refusals before acceptances, a transmission before what follows it."""

_LEAD = ("lead", "leads", "mql", "prospect", "contact", "case", "piste", "enquiry", "inquiry")
_ID = ("id", "identifiant", "number", "no", "num", "numero", "ref", "reference", "key", "code", "uuid")
_ROW = frozenset(
    {*_ID, "record", "row", "line", "enregistrement", "fiche", "ligne", "l", "d", "de", "la", "informations"}
)
"""Words of a heading that numbers rows, whatever they are: *Record ID*, *ID de l'enregistrement*."""

_REP = (
    *("rep", "sdr", "bdr", "sr", "owner", "salesperson", "agent", "assignee", "advisor", "ae"),
    *("commercial", "vendeur", "proprietaire", "conseiller", "responsable"),
    *("assigned to", "routed to", "sent to rep", "affecte a", "affectee a", "attribue a", "attribuee a", "assigne a"),
    *("assignee a", "confie a", "confiee a"),
)
_AMOUNT = (
    *("amount", "price", "revenue", "value", "total", "budget", "turnover", "mrr", "arr"),
    *("montant", "prix", "valeur", "chiffre"),
)

_WORDS: Mapping[str, tuple[str, ...]] = {
    "accepted": (
        *("accepted", "accept", "yes", "y", "ok", "qualified", "converted", "approved", "taken", "won", "sal", "sql"),
        *("accepté", "acceptée", "accepter", "oui", "o", "qualifié", "qualifiée", "converti", "convertie", "validé"),
        *("validée", "pris", "prise", "pris en charge", "gagné", "gagnée"),
    ),
    "rejected": (
        *("rejected", "reject", "no", "n", "refused", "declined", "returned", "cancelled", "canceled"),
        *("refusé", "refusée", "refus", "rejeté", "rejetée", "rejet", "non", "décliné", "déclinée", "ko", "annulé"),
    ),
    "disqualified": (
        *("disqualified", "unqualified", "not qualified", "lost", "no fit", "dead", "bad fit"),
        *("disqualifié", "disqualifiée", "non qualifié", "non qualifiée", "perdu", "perdue", "hors cible"),
    ),
    "recycled": ("recycled", "nurture", "nurturing", "later", "recyclé", "recyclée", "à recycler", "plus tard"),
    "call": ("phone", "phone call", "appel", "appel téléphonique", "téléphone", "tel"),
    "email": ("mail", "e-mail", "courriel", "mailing"),
    "meeting": ("demo", "rdv", "rendez-vous", "réunion", "visio", "appointment", "video call"),
    "message": ("sms", "whatsapp", "linkedin", "chat", "inmail", "texto"),
    "visit": ("visite", "on site", "déplacement"),
    "task": ("tâche", "todo", "to do", "reminder", "rappel"),
    "out": ("outbound", "outgoing", "sent", "sortant", "sortante", "envoyé"),
    "in": ("inbound", "incoming", "received", "entrant", "entrante", "reçu"),
    "none": ("aucun", "pas de besoin", "no need"),
    "exploring": ("exploration", "en réflexion", "researching", "curious", "curieux"),
    "defined": ("défini", "identifié", "identified", "clear"),
    "urgent": ("immédiat", "immediate", "asap", "pressing", "pressant"),
}
UNDECIDED = frozenset(
    fold(word)
    for word in (
        *(
            "pending",
            "waiting",
            "open",
            "undecided",
            "in progress",
            "to decide",
            "to do",
            "todo",
            "tbd",
            "new",
            "no answer",
        ),
        *(
            "en attente",
            "attente",
            "en cours",
            "à décider",
            "à traiter",
            "à faire",
            "non décidé",
            "pas encore",
            "ouvert",
        ),
        *("nouveau", "not yet", "not decided"),
    )
)
"""Words, folded, of somebody who has not decided yet."""

_MEANS = {fold(word): meaning for meaning, words in _WORDS.items() for word in (meaning, *words)}


def meaning_of_word(word: str, allowed: tuple[str, ...]) -> str | None:
    """Which of the ``allowed`` words of the contract ``word`` says, or None when nothing is known."""
    meaning = _MEANS.get(fold(word))
    return meaning if meaning in allowed else None


def moment_of(profile: Profile) -> Moment | None:
    """What happens at the times of a column, judged by its heading."""
    if profile.says(*_NO_MOMENT):
        return None
    return next((moment for moment in MOMENTS if profile.says(*moment.phrases)), None)


def lead_column(columns: list[Profile]) -> tuple[Profile, float] | None:
    """The column that names the lead, and how sure that is."""
    best: tuple[Profile, float] | None = None
    for position, profile in enumerate(columns):
        sure = _names_lead(profile, position)
        if sure and (best is None or sure > best[1]):
            best = (profile, sure)
    return best


def _names_lead(profile: Profile, position: int) -> float:
    if profile.filled < 0.5 or profile.holds.value == "time":
        return 0.0
    named, numbered = profile.says(*_LEAD), profile.says(*_ID)
    if named and numbered:
        return 0.9
    if named and len(profile.words) == 1:
        return 0.75 if profile.unique else 0.6
    if numbered and _ROW.issuperset(profile.words):
        return 0.65 if profile.unique else 0.3
    if profile.says("email", "e mail", "mail", "courriel") and profile.unique:
        return 0.45
    return 0.35 if profile.unique and position == 0 else 0.0


def rep_column(columns: list[Profile]) -> tuple[Profile, float] | None:
    """The column that names the person in sales: an identifier before a name, who sells before who only books."""
    found = [profile for profile in columns if profile.says(*_REP) and profile.holds.value != "time" and profile.filled]
    if not found:
        return None
    order = {"rep": 0, "owner": 1, "commercial": 1, "sr": 2, "ae": 2}
    best = min(found, key=lambda profile: min(order.get(word, 5) for word in profile.words))
    return best, 0.8 if best.says("rep", "owner", "commercial", "sdr", "proprietaire") else 0.6


_SAY_DECISION = (
    ("decision", "verdict", "outcome"),
    ("accepted", "accepte", "acceptee", "acceptance", "acceptation"),
    ("response", "reponse", "answer", "feedback", "retour", "resultat", "result"),
    ("statut", "status"),
)
"""Words by which a column is named for what sales decided, the most telling first."""

_OTHER_CONSENT = ("opt", "consent", "consentement", "newsletter", "gdpr", "rgpd", "terms", "cgv", "cookies")
_SHORT_ANSWERS = frozenset(fold(word) for word in ("yes", "y", "no", "n", "ok", "ko", "oui", "o", "non"))


def decision_column(columns: list[Profile]) -> Profile | None:
    """The column that holds what sales decided: named for it, with at least one word that says so; else one that holds
    both acceptances and refusals, in so many words."""
    said = {
        profile.heading: {word: meaning_of_word(word, DECISION_OUTCOMES) for word in profile.values}
        for profile in columns
        if profile.holds.value == "text" and not profile.says(*_OTHER_CONSENT)
    }
    for names in _SAY_DECISION:
        for profile in columns:
            if profile.says(*names) and any(said.get(profile.heading, {}).values()):
                return profile
    for profile in columns:
        words = said.get(profile.heading, {})
        plain = {meaning for word, meaning in words.items() if fold(word) not in _SHORT_ANSWERS}
        if {"accepted", "rejected"} <= plain:
            return profile
    return None


def amount_column(columns: list[Profile]) -> tuple[Profile, float] | None:
    """The column that holds money."""
    found = [profile for profile in columns if profile.says(*_AMOUNT) and profile.holds.value == "number"]
    return (found[0], 0.7 if found[0].says("amount", "price", "montant", "prix") else 0.5) if found else None
