"""Maison Tourlevent: forty shops in Québec and France, who works there, what they follow.

Everything is invented; addresses are on domains that nobody can own.
"""
# ruff: noqa: E501 - queries and purposes are lines of text

from dataclasses import dataclass

SLUG = "tourlevent"
NAME = "Maison Tourlevent"
LANGUAGE = "fr"
TIMEZONE = "America/Montreal"
HANDLE = "tourlevent"
MAILBOX = "bonjour@maison.example"


@dataclass(frozen=True, slots=True)
class Shop:
    """One of the forty. `country` is CA or FR: it decides the currency and the hours."""

    name: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works there. `role` is admin, manager, agent, expert or reader; `skills` are topics' slugs
    and languages; `teams` are slugs."""

    name: str
    email: str
    title_fr: str
    title_en: str
    role: str
    language: str
    skills: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A team."""

    slug: str
    name_fr: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic, and the query that recognises it in both languages."""

    slug: str
    name_fr: str
    name_en: str
    words: str


QUEBEC = """
Montréal: Côte-aux-Merles, Faubourg-Tanneurs, Petit-Canal, Plateau-Lilas, Parc-des-Carrières
Québec: Vieux-Sémaphore, Basse-Falaise, Grande-Écluse
Lévis: Anse-aux-Hérons
Sherbrooke: Rang-des-Érables, Trois-Ponts
Rimouski: Pointe-Goélette
Gatineau: Lac-aux-Aulnes, Pont-Couvert
Trois-Rivières: Moulin-du-Roy
Saguenay: Portage-Neuf
Laval: Clos-Cartier
Longueuil: Rive-aux-Saules
"""
FRANCE = """
Bordeaux: Quai-des-Gabares
Paris: Porte-Dorve, Canal-Vauvert, Butte-aux-Cerises
Lyon: Croix-Pelletier, Pentes-Saint-Elme
Lille: Halle-aux-Draps, Vieux-Beffroi
Nantes: Cale-Marine, Île-Colombe
Rennes: Pré-Chantoiseau, Remparts-Nord
Marseille: Port-Sablon, Cours-Mistralet
Toulouse: Orfèvres-Midi, Pont-Rosier
Strasbourg: Petite-Venelle, Quai-Tisserand
Dijon: Gare-Haute
Grenoble: Clos-Montbel
Nancy: Verrerie
Nice: Vallon-Fleuri
"""


def _shops(listed: str, country: str) -> tuple[Shop, ...]:
    return tuple(
        Shop(name.strip(), city, country)
        for line in listed.strip().splitlines()
        for city, _, names in [line.partition(": ")]
        for name in names.split(",")
    )


SHOPS = _shops(QUEBEC, "CA") + _shops(FRANCE, "FR")

TEAMS = (
    Group("care-quebec", "Relation clients Québec", "Customer care, Québec"),
    Group("care-france", "Relation clients France", "Customer care, France"),
    Group("bakehouse", "Fournil et pâtisserie", "Bakehouse and pastry"),
    Group("quality", "Qualité et hygiène", "Quality and hygiene"),
)

COLLEAGUES = (
    Colleague("Inès Belkacem", "ines@maison.example", "Responsable de communauté", "Community manager", "manager", "fr",
              ("fr", "en", "advertising", "welcome"), ("care-quebec", "care-france")),
    Colleague("Théo Lacasse", "theo@maison.example", "Relation clients", "Customer care", "agent", "fr",
              ("fr", "en", "orders", "hygiene"), ("care-quebec",)),
    Colleague("Maud Kervella", "maud@maison.example", "Relation clients", "Customer care", "agent", "fr",
              ("fr", "welcome", "orders", "price"), ("care-france",)),
    Colleague("Owen Fitzgerald", "owen@maison.example", "Relation clients", "Customer care", "agent", "en",
              ("en", "orders", "pastry"), ("care-quebec",)),
    Colleague("Priya Raman", "priya@maison.example", "Relation clients", "Customer care", "agent", "en",
              ("en", "fr", "app", "hours", "allergens"), ("care-quebec", "care-france")),
    Colleague("Solange Aubry", "solange@maison.example", "Cheffe pâtissière", "Pastry chef", "expert", "fr",
              ("fr", "pastry", "allergens"), ("bakehouse",)),
    Colleague("Bastien Le Goff", "bastien@maison.example", "Chef boulanger", "Head baker", "expert", "fr",
              ("fr", "en", "bread"), ("bakehouse",)),
    Colleague("Nadia Romano", "nadia@maison.example", "Responsable qualité", "Head of quality", "expert", "fr",
              ("fr", "en", "allergens", "hygiene"), ("quality",)),
    Colleague("Paul Estève", "paul@maison.example", "Publicité et juridique", "Advertising and legal", "expert", "fr",
              ("fr", "advertising")),
    Colleague("Karim Lefort", "karim@maison.example", "Chef de produit", "Product manager", "expert", "fr",
              ("fr", "en", "products", "price", "bread", "pastry"), ("bakehouse",)),
    Colleague("Hélène Vasseur", "helene@maison.example", "Directrice générale", "Managing director", "reader", "fr",
              ("fr", "en")),
    Colleague("Marc-Antoine Dubé", "marc-antoine@maison.example", "Administrateur système", "System administrator",
              "admin", "fr", ("fr", "en", "app")),
    Colleague("Yuki Tanaka-Roy", "yuki@maison.example", "Analyste de données", "Data analyst", "reader", "en",
              ("en", "fr")),
)  # fmt: skip

TOPICS = (
    Subject("products", "Gamme et recettes", "Range and recipes",
            'recette* OR recipe* OR gamme OR ingrédient* OR ingredient* OR composition OR farine OR flour'),
    Subject("pastry", "Pâtisserie", "Pastry",
            'gâteau* OR cake* OR tarte* OR tart OR tarts OR éclair* OR choux OR "mille-feuille" OR "mille-feuilles" OR '
            '"paris-brest" OR flan OR fraisier OR crème OR cream OR dessert* OR croissant* OR viennoiserie* OR pastr*'),
    Subject("bread", "Pain", "Bread",
            "pain OR pains OR baguette* OR levain OR miche OR seigle OR bread OR loaf OR loaves OR sourdough OR rye"),
    Subject("price", "Prix", "Price",
            'prix OR price* OR cher OR chère OR pricey OR expensive OR tarif* OR "trop cher" OR luxe OR luxury'),
    Subject("allergens", "Allergènes", "Allergens",
            'allerg* OR gluten OR coeliac OR cœliaque OR noisette* OR hazelnut* OR nuts OR nut OR "fruits à coque" OR '
            "sésame OR sesame OR lactose OR dairy"),
    Subject("welcome", "Accueil", "Welcome",
            'accueil* OR sourire* OR smile OR welcome OR "ni bonjour" OR rude OR queue OR "in line" OR attente OR staff'),
    Subject("orders", "Commandes", "Orders",
            'commande* OR order OR orders OR ordered OR livraison* OR deliver* OR devis OR quote OR retrait OR "pick-up"'),
    Subject("hygiene", "Hygiène et sécurité", "Hygiene and safety",
            'malade* OR sick OR vomi* OR intoxi* OR "food poisoning" OR avarié* OR aigre* OR sour OR spoiled OR rotten OR '
            'moisi* OR mould* OR sale OR dirty OR guêpe* OR wasps OR cheveu OR plastic OR plastique OR hygiène OR hygiene'),
    Subject("advertising", "Publicité et promesses", "Advertising and promises",
            'publicité* OR affiche* OR poster* OR advert* OR "pur beurre" OR "pure butter" OR "100% butter" OR '
            '"cuit sur place" OR "baked on site" OR mensong* OR "the ad"'),
    Subject("hours", "Horaires et boutiques", "Hours and shops",
            'horaire* OR ouvert* OR ouvrez OR fermé* OR open OR opens OR closed OR dimanche OR sundays OR "jours fériés"'),
    Subject("app", "Site, appli et paiement", "Site, app and payment",
            'appli OR app OR "site web" OR website OR borne OR kiosk OR débité* OR charged OR "points de fidélité" OR '
            '"loyalty points" OR "carte-cadeau"'),
)  # fmt: skip
