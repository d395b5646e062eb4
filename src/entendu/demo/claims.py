"""What Maison Tourlevent announced, on its pages and in its shops. Everything is invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement, its kind, where it stands and how many days ago it began."""

    text: str
    kind: str
    site: str
    since: int = 300


CLAIMS = (
    Announced("Pain pétri et cuit sur place chaque matin", "quality", "https://tourlevent.example/nos-pains"),
    Announced(
        "Ouvert dès 7 h tous les jours, dimanche compris", "hours", "https://tourlevent.example/boutiques"
    ),
    Announced("Commande de gâteau prête en 48 heures", "time", "https://tourlevent.example/commander"),
    Announced("Livraison gratuite à partir de 40 $", "price", "https://tourlevent.example/livraison"),
    Announced(
        "Remboursé sous 3 jours ouvrables si vous n'êtes pas satisfait", "policy", "affiche en boutique"
    ),
    Announced(
        "Du pain sans gluten toujours disponible", "availability", "https://tourlevent.example/sans-gluten"
    ),
)
