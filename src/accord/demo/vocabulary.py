"""The words of the simulated company, and how often each occurs. All names of people and companies are invented."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CAMPAIGN_TOPICS",
    "CHANNELS",
    "COMPANY_FORMS",
    "COMPANY_HEADS",
    "COMPANY_TAILS",
    "COUNTRIES",
    "FIRST_NAMES",
    "JOB_FUNCTIONS",
    "LAST_NAMES",
    "LEAD_TYPES",
    "LEAD_TYPES_OF_CHANNEL",
    "NEEDS_OF_TYPE",
    "NEED_WORDS",
    "ORIGINS",
    "ORIGIN_OF_CHANNEL",
    "SECTORS",
    "SENIORITIES",
    "TEAMS",
    "TERRITORIES",
    "TOPIC_SHARES",
    "Channel",
    "Country",
    "Territory",
]


@dataclass(frozen=True, slots=True)
class Channel:
    """A marketing channel: its share of leads, euros per lead, and the weeks of the year when it is livelier."""

    name: str
    share: float
    cost: float
    peaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """A market: share of leads, currency, languages with shares, time zone of its sales teams."""

    code: str
    share: float
    currency: str
    languages: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Territory:
    """Where leads of a country go: share within the country, and the team that serves it."""

    name: str
    country: str
    share: float
    team: str


CHANNELS = (
    Channel("webinar", 0.14, 95, (10, 11, 21, 22, 38, 39, 46, 47)),
    Channel("paid_search", 0.17, 140),
    Channel("organic_search", 0.19, 35),
    Channel("content_syndication", 0.14, 60),
    Channel("events", 0.09, 260, (12, 13, 14, 24, 39, 40, 45)),
    Channel("partner", 0.09, 80),
    Channel("outbound", 0.07, 120),
    Channel("paid_social", 0.08, 110),
    Channel("referral", 0.03, 15),
)

CAMPAIGN_TOPICS = ("downtime", "energy", "maintenance", "quality")
TOPIC_SHARES = (0.34, 0.28, 0.22, 0.16)

LEAD_TYPES = ("demo_request", "contact_request", "white_paper", "webinar", "trial", "event_badge", "call_in")

LEAD_TYPES_OF_CHANNEL = {
    "webinar": (0.04, 0.04, 0.12, 0.78, 0.02, 0.00, 0.00),
    "paid_search": (0.28, 0.20, 0.32, 0.02, 0.14, 0.00, 0.04),
    "organic_search": (0.24, 0.22, 0.32, 0.04, 0.14, 0.00, 0.04),
    "content_syndication": (0.01, 0.02, 0.92, 0.05, 0.00, 0.00, 0.00),
    "events": (0.12, 0.10, 0.06, 0.02, 0.00, 0.70, 0.00),
    "partner": (0.30, 0.34, 0.14, 0.08, 0.08, 0.02, 0.04),
    "outbound": (0.16, 0.28, 0.34, 0.10, 0.02, 0.02, 0.08),
    "paid_social": (0.12, 0.12, 0.56, 0.12, 0.08, 0.00, 0.00),
    "referral": (0.36, 0.40, 0.04, 0.02, 0.04, 0.00, 0.14),
}

ORIGINS = ("website", "list", "trade_show", "partner", "social", "word_of_mouth")
ORIGIN_OF_CHANNEL = {
    "webinar": (0.80, 0.12, 0.02, 0.04, 0.02, 0.00),
    "paid_search": (0.97, 0.01, 0.00, 0.01, 0.01, 0.00),
    "organic_search": (0.96, 0.01, 0.00, 0.01, 0.01, 0.01),
    "content_syndication": (0.10, 0.86, 0.00, 0.02, 0.02, 0.00),
    "events": (0.05, 0.05, 0.88, 0.02, 0.00, 0.00),
    "partner": (0.08, 0.02, 0.02, 0.86, 0.00, 0.02),
    "outbound": (0.05, 0.80, 0.03, 0.02, 0.10, 0.00),
    "paid_social": (0.20, 0.02, 0.00, 0.01, 0.77, 0.00),
    "referral": (0.12, 0.00, 0.02, 0.04, 0.02, 0.80),
}

NEED_WORDS = ("none", "exploring", "defined", "urgent")
NEEDS_OF_TYPE = {
    "demo_request": (0.04, 0.26, 0.50, 0.20),
    "contact_request": (0.08, 0.32, 0.44, 0.16),
    "white_paper": (0.34, 0.50, 0.14, 0.02),
    "webinar": (0.24, 0.52, 0.21, 0.03),
    "trial": (0.06, 0.40, 0.44, 0.10),
    "event_badge": (0.22, 0.48, 0.24, 0.06),
    "call_in": (0.04, 0.18, 0.46, 0.32),
}

SECTORS = (
    ("food_processing", 0.21),
    ("automotive", 0.15),
    ("chemicals", 0.12),
    ("packaging", 0.13),
    ("machinery", 0.17),
    ("pharmaceuticals", 0.08),
    ("logistics", 0.08),
    ("consulting", 0.06),
)

JOB_FUNCTIONS = (
    ("maintenance", 0.24),
    ("operations", 0.26),
    ("engineering", 0.18),
    ("purchasing", 0.10),
    ("it", 0.10),
    ("finance", 0.06),
    ("marketing", 0.06),
)

SENIORITIES = (("c_level", 0.12), ("director", 0.22), ("manager", 0.36), ("specialist", 0.24), ("student", 0.06))

COUNTRIES = (
    Country("FR", 0.43, "EUR", (("fr", 0.95), ("en", 0.05))),
    Country("BE", 0.14, "EUR", (("nl", 0.52), ("fr", 0.38), ("en", 0.10))),
    Country("DE", 0.24, "EUR", (("de", 0.88), ("en", 0.12))),
    Country("GB", 0.19, "GBP", (("en", 1.0),)),
)

TEAMS = (
    ("France Nord", "FR", "Europe/Paris"),
    ("France Sud", "FR", "Europe/Paris"),
    ("Benelux", "BE", "Europe/Brussels"),
    ("DACH", "DE", "Europe/Berlin"),
    ("UK", "GB", "Europe/London"),
)
"""Team, country whose holidays it keeps, time zone."""

TERRITORIES = (
    Territory("Île-de-France", "FR", 0.32, "France Nord"),
    Territory("Nord-Est", "FR", 0.24, "France Nord"),
    Territory("Ouest", "FR", 0.16, "France Sud"),
    Territory("Sud-Est", "FR", 0.28, "France Sud"),
    Territory("Flanders", "BE", 0.56, "Benelux"),
    Territory("Wallonia", "BE", 0.44, "Benelux"),
    Territory("Nord", "DE", 0.27, "DACH"),
    Territory("West", "DE", 0.38, "DACH"),
    Territory("Süd", "DE", 0.35, "DACH"),
    Territory("England South", "GB", 0.58, "UK"),
    Territory("England North", "GB", 0.42, "UK"),
)

FIRST_NAMES = {
    "FR": ("Camille", "Hugo", "Inès", "Bastien", "Maëlle", "Thibault", "Nora", "Gaspard", "Élodie", "Yanis", "Lucie"),
    "BE": ("Joke", "Wout", "Marieke", "Stijn", "Amandine", "Thijs", "Liesbeth", "Robin", "Noémie", "Arne", "Femke"),
    "DE": ("Anke", "Jonas", "Katrin", "Florian", "Meike", "Tobias", "Svenja", "Lukas", "Birgit", "Henrik", "Greta"),
    "GB": ("Imogen", "Callum", "Priya", "Gareth", "Harriet", "Owen", "Zara", "Duncan", "Freya", "Rhys", "Naomi"),
}
LAST_NAMES = {
    "FR": ("Desmarets", "Vautrin", "Lacombe", "Riou", "Chastaing", "Bellamy", "Courtade", "Perrault", "Maury"),
    "BE": ("Vercauteren", "Delhez", "Claessens", "Moreels", "Huyghe", "Stassart", "Peeraer", "Wauters", "Lambrecht"),
    "DE": ("Brandhuber", "Kessling", "Oltmanns", "Rautenberg", "Siebert", "Wiegand", "Hollmann", "Drewes", "Pfaff"),
    "GB": ("Ashworth", "Penhale", "Tolland", "Marsden", "Bagshaw", "Carrick", "Eastwick", "Okoro", "Lisle"),
}

COMPANY_HEADS = (
    *("Alvor", "Bremis", "Cadeno", "Dorvil", "Elmara", "Fontel", "Gavrin", "Halden", "Istral", "Jorvan", "Kelmor"),
    *("Lavenne", "Mertis", "Nordal", "Ostrel", "Pelvar", "Quintor", "Ravelle", "Sorvane", "Tolmer", "Ulvane", "Verdis"),
    *("Wendal", "Xantor", "Yverna", "Zelmar", "Arcolis", "Belvoir", "Corvane", "Dalmer", "Estrane", "Ferrolis"),
)
COMPANY_TAILS = (
    *("Agro", "Pack", "Chimie", "Métal", "Process", "Systèmes", "Industrie", "Logistik", "Werke", "Foods", "Motion"),
    *("Plastics", "Automation", "Composites", "Technik", "Pharma", "Controls", "Engineering", "Verre", "Papier"),
)
COMPANY_FORMS = {
    "FR": ("SAS", "SA", "SARL"),
    "BE": ("NV", "SRL", "BV"),
    "DE": ("GmbH", "AG", "KG"),
    "GB": ("Ltd", "plc", "LLP"),
}
