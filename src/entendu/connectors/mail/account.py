"""The settings of a mailbox, checked."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from entendu.wire import Refused, SettingField

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
SECURITY = ("ssl", "starttls", "none")

FIELDS = (
    SettingField("address", "Our address", "Notre adresse", kind="email"),
    SettingField("display_name", "Our name", "Notre nom", required=False),
    SettingField("imap_host", "IMAP server", "Serveur IMAP"),
    SettingField("imap_port", "IMAP port", "Port IMAP", kind="number", required=False, default="993"),
    SettingField(
        "imap_security",
        "IMAP encryption",
        "Chiffrement IMAP",
        required=False,
        default="ssl",
        help_en="ssl, starttls, or none (on one's own machine only)",
        help_fr="ssl, starttls, ou none (sur sa propre machine seulement)",
    ),
    SettingField("user", "User", "Identifiant"),
    SettingField("password", "Password", "Mot de passe", secret=True),
    SettingField("folder", "Folder to read", "Dossier à lire", required=False, default="INBOX"),
    SettingField("smtp_host", "SMTP server", "Serveur SMTP"),
    SettingField("smtp_port", "SMTP port", "Port SMTP", kind="number", required=False, default="465"),
    SettingField(
        "smtp_security",
        "SMTP encryption",
        "Chiffrement SMTP",
        required=False,
        default="ssl",
        help_en="ssl, starttls, or none (on one's own machine only)",
        help_fr="ssl, starttls, ou none (sur sa propre machine seulement)",
    ),
    SettingField(
        "smtp_user",
        "SMTP user",
        "Identifiant SMTP",
        required=False,
        help_en="Empty: the same as for IMAP; “-”: no sign-in",
        help_fr="Vide : le même que pour IMAP ; « - » : sans identification",
    ),
    SettingField("smtp_password", "SMTP password", "Mot de passe SMTP", secret=True, required=False),
    SettingField(
        "sent_folder",
        "Folder of sent mail",
        "Dossier des envois",
        required=False,
        help_en="A copy of each answer is filed there, and looked for when a sending is in doubt",
        help_fr="Une copie de chaque réponse y est classée, et y est cherchée quand un envoi est incertain",
    ),
    SettingField(
        "sent_by_server",
        "The server files what it sends by itself",
        "Le serveur classe lui-même ce qu'il envoie",
        kind="boolean",
        required=False,
        default="false",
        help_en="As large providers do: then no copy is filed, and its absence proves that nothing left",
        help_fr="Comme chez les grands fournisseurs : aucune copie n'est classée, et son absence prouve que "
        "rien n'est parti",
    ),
)


@dataclass(frozen=True)
class Account:
    """One mailbox and the way out."""

    address: str
    display_name: str
    imap_host: str
    imap_port: int
    imap_security: str
    user: str
    password: str
    folder: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str
    sent_folder: str
    sent_by_server: bool

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @cached_property
    def loop_mark(self) -> str:
        """What our mails carry in X-Entendu-Loop: says that they are ours, not who may claim so."""
        return hashlib.sha256(self.address.encode()).hexdigest()[:16]


def read(settings: Mapping[str, str]) -> Account:
    """The account of these settings. Refused `bad_settings` names the first that is wrong."""
    values = {one.name: (settings.get(one.name) or one.default).strip() for one in FIELDS}
    values["password"] = settings.get("password") or ""
    for one in FIELDS:
        if one.required and not values[one.name]:
            raise Refused("bad_settings", one.name)
        if any(ord(char) < 32 for char in values[one.name]):
            raise Refused("bad_settings", one.name)
    for name in ("imap_security", "smtp_security"):
        if values[name] not in SECURITY:
            raise Refused("bad_settings", name)
    if not _ADDRESS.fullmatch(values["address"]):
        raise Refused("bad_settings", "address")
    smtp_user = values["smtp_user"] or values["user"]
    smtp_password = values["smtp_password"] or values["password"]
    return Account(
        address=values["address"].lower(),
        display_name=values["display_name"],
        imap_host=values["imap_host"],
        imap_port=_port(values, "imap_port"),
        imap_security=values["imap_security"],
        user=values["user"],
        password=values["password"],
        folder=values["folder"],
        smtp_host=values["smtp_host"],
        smtp_port=_port(values, "smtp_port"),
        smtp_security=values["smtp_security"],
        smtp_user="" if smtp_user == "-" else smtp_user,
        smtp_password=smtp_password,
        sent_folder=values["sent_folder"],
        sent_by_server=values["sent_by_server"].lower() in ("true", "1", "yes", "on"),
    )


def _port(values: Mapping[str, str], name: str) -> int:
    if not values[name].isdecimal() or not 0 < int(values[name]) < 65536:
        raise Refused("bad_settings", name)
    return int(values[name])
