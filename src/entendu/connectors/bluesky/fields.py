"""What an administrator fills in."""

from entendu.connectors.bluesky.xrpc import DIRECTORY, SERVICE
from entendu.wire import SettingField

_YES = frozenset({"1", "true", "yes", "on", "oui"})


def yes(text: str) -> bool:
    """Whether a box is ticked."""
    return text.strip().lower() in _YES


FIELDS = (
    SettingField(
        "handle",
        "Our account (handle)",
        "Notre compte (pseudonyme)",
        required=False,
        help_en="Such as levain.bsky.social. Needed to answer.",
        help_fr="Par exemple levain.bsky.social. Nécessaire pour répondre.",
    ),
    SettingField(
        "password",
        "App password",
        "Mot de passe d’application",
        secret=True,
        required=False,
        help_en="Made in the account's settings; never the account's own password.",
        help_fr="Créé dans les paramètres du compte ; jamais le mot de passe du compte lui-même.",
    ),
    SettingField(
        "firehose",
        "Listen to everything that is said: address of a Jetstream or of a relay",
        "Écouter tout ce qui se dit : adresse d’un Jetstream ou d’un relais",
        kind="url",
        required=False,
        help_en="wss://jetstream2.us-east.bsky.network/subscribe, say. Kept: what queries find, what is said to us. "
        "Empty: only what is said to our account, and the accounts below.",
        help_fr="Par exemple wss://jetstream2.us-east.bsky.network/subscribe. Est gardé ce que trouvent les requêtes "
        "et ce qui nous est adressé. Vide : seulement ce qui est dit à notre compte, et les comptes ci-dessous.",
    ),
    SettingField(
        "from_start",
        "Begin with what the server still keeps",
        "Commencer par ce que le serveur garde encore",
        kind="boolean",
        required=False,
        help_en="Hours to days of the past, once, when the firehose is heard for the first time.",
        help_fr="Des heures ou des jours du passé, une fois, à la première écoute du flux.",
    ),
    SettingField(
        "accounts",
        "Accounts to read in full",
        "Comptes à lire en entier",
        required=False,
        help_en="Handles, comma separated: all that they say is taken in.",
        help_fr="Pseudonymes séparés par des virgules : tout ce qu’ils disent est repris.",
    ),
    SettingField(
        "service",
        "Server of the account",
        "Serveur du compte",
        kind="url",
        required=False,
        default=SERVICE,
    ),
    SettingField(
        "directory",
        "Directory of accounts",
        "Annuaire des comptes",
        kind="url",
        required=False,
        default=DIRECTORY,
    ),
)
