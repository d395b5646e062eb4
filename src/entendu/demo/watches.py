"""What Maison Tourlevent listens for, on which grounds, who looks after it; and who asked not to be heard.

Everything is invented; addresses are on domains that nobody can own.
"""
# ruff: noqa: E501 - queries and purposes are lines of text

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved search with its grounds. `reviewer` is a colleague's address; `review_in`: days until the next review,
    negative when it is late; `before`: the text that it had until a few days ago, and `why` it was changed."""

    name_fr: str
    name_en: str
    text: str
    purpose_fr: str
    purpose_en: str
    basis: str
    balance_fr: str
    balance_en: str
    reviewer: str
    review_in: int
    opens_conversations: bool = False
    takes: str = "both"
    before: str = ""
    tracked: str = ""  # own, other: a name whose share of voice is measured


PUBLIC_FR = "Propos publics sur nous, rien d’autre n’est gardé ; un mot suffit pour ne plus être écouté ; pas de profil, pas de donnée de santé hors urgence."
PUBLIC_EN = "Public words about us, nothing else is kept; one word is enough not to be heard any more; no profile, no data on health but in an emergency."
WATCHES = (
    Watch("Notre nom", "Our name", "tourlevent NOT (éolien* OR éolienne* OR moulin OR mill OR ridge OR wind OR moto* OR tracteur)",
          "Savoir ce qui se dit de nous partout, sans le moulin ni les éoliennes du même nom",
          "Know what is said of us everywhere, without the mill and the wind farm of the same name",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "ines@maison.example", 120, before="tourlevent NOT (éolien* OR éolienne*)", tracked="own"),
    Watch("Quelqu’un est malade", "Somebody is ill",
          'tourlevent AND (malade* OR vomi* OR intoxi* OR allerg* OR urgences OR sick OR "food poisoning" OR swollen)',
          "Répondre dans l’heure quand une santé est en jeu, même si le message ne nous est pas adressé",
          "Answer within the hour when health is at stake, even if the message is not addressed to us",
          "vital_interest", "", "", "nadia@maison.example", 75, opens_conversations=True),
    Watch("La promesse « pur beurre »", "The “pure butter” promise",
          '("pur beurre" OR "pure butter" OR "100% butter" OR palme OR "palm oil" OR "baked on site" OR "cuit sur place") AND tourlevent',
          "Suivre ce que les gens disent de nos affiches, et corriger ce qui est faux",
          "Follow what people say of our posters, and correct what is wrong",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "paul@maison.example", 14, opens_conversations=True, takes="public",
          before='("pur beurre" OR "pure butter") AND tourlevent'),
    Watch("#AppelezVotreBoulangerie", "#AppelezVotreBoulangerie",
          '#AppelezVotreBoulangerie OR (tourlevent AND ("appelez votre boulangerie" OR "phone your bakery"))',
          "Mesurer ce que coûte un renvoi d’un guichet à l’autre",
          "Measure what it costs to send people from desk to desk",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "ines@maison.example", -9),
    Watch("On cherche une boulangerie", "Looking for a bakery",
          '(boulangerie OR bakery OR pain OR bread) AND (tourlevent) AND (emménag* OR déménage* OR moved OR moving OR "vaut quoi" OR "any good")',
          "Aider ceux qui arrivent dans une ville où nous sommes", "Help people who arrive in a town where we are",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "maud@maison.example", 150, opens_conversations=True),
    Watch("Fournil Perdrigal", "Fournil Perdrigal", "perdrigal",
          "Savoir ce que les gens trouvent mieux ou moins bien ailleurs", "Know what people find better or worse elsewhere",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "karim@maison.example", 60, takes="public", tracked="other"),
    Watch("Maison Balivot", "Maison Balivot", "balivot",
          "Savoir ce que les gens trouvent mieux ou moins bien ailleurs", "Know what people find better or worse elsewhere",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "karim@maison.example", 60, takes="public", tracked="other"),
    Watch("Ceux qu’on écoute", "Those who are listened to", "tourlevent followers:>=5000",
          "Entendre tôt ceux que beaucoup entendent ; ils n’attendent ni plus ni moins que les autres",
          "Hear early those whom many hear; they wait neither more nor less than others",
          "legitimate_interest", PUBLIC_FR, PUBLIC_EN, "ines@maison.example", 90),
)  # fmt: skip
OPT_OUTS = (
    ("microblog.example", "le_moulin_tourne", "A demandé par message privé que ses conversations publiques ne soient pas gardées"),
    ("", "plume.discrete", "Courriel du 3 : opposition (article 21 du RGPD), sur tous les réseaux"),
)  # fmt: skip
