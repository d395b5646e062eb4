"""The connector of webhooks: checks the signature on the bytes, and parts a delivery into items."""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from entendu.connectors.webhook.items import item_of, units_of
from entendu.connectors.webhook.signature import key_of, verify
from entendu.kit import clock
from entendu.wire import Caps, Draft, Health, Item, Page, Raw, Refused, Sent, SettingField


class WebhookConnector:
    """JSON that a source pushes, signed as Standard Webhooks says. Read only."""

    kind: ClassVar[str] = "webhook"
    label_en: ClassVar[str] = "Webhook (a source pushes JSON to us)"
    label_fr: ClassVar[str] = "Webhook (une source nous pousse du JSON)"
    caps: ClassVar[Caps] = Caps(inbound=True, poll_seconds=0)
    fields: ClassVar[tuple[SettingField, ...]] = (
        SettingField(
            name="network",
            label_en="Network",
            label_fr="Réseau",
            help_en="A short name of the source. Ids of messages and authors are unique within it.",
            help_fr="Un nom court de la source. Les identifiants des messages et des auteurs y sont uniques.",
        ),
        SettingField(
            name="secret",
            label_en="Secret",
            label_fr="Secret",
            secret=True,
            made=True,
            help_en="The source signs with it (Standard Webhooks): whsec_ and Base64.",
            help_fr="La source signe avec lui (Standard Webhooks) : whsec_ puis du Base64.",
        ),
        SettingField(
            name="secret_2",
            label_en="Second secret",
            label_fr="Second secret",
            secret=True,
            required=False,
            help_en="To change secrets without losing a delivery: both are accepted.",
            help_fr="Pour changer de secret sans perdre d’envoi : les deux sont acceptés.",
        ),
    )

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._network = settings.get("network", "").strip()[:100] or "webhook"
        self._secrets = [one for one in (settings.get("secret", ""), settings.get("secret_2", "")) if one]
        own = settings.get("own", "").split(",")
        self._own = frozenset(name.strip().lower() for name in own if name.strip())

    def pull(self, cursor: bytes, limit: int) -> Page:
        """Nothing: the source comes to us."""
        return Page(cursor=cursor)

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """Nothing: the source comes to us."""
        return iter(())

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Raw, ...]:
        """The items of a delivery. Refused when no secret of ours signed it in the last five minutes, or when it is no
        JSON by its type; Broken when it is none by its bytes."""
        identifier = verify(headers, body, self._secrets, clock.now().timestamp())
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise Refused("media_type_unknown", media_type[:80])
        return units_of(body, identifier)

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """The item in `raw`. Broken names the field."""
        return (item_of(raw, self._network, self._own),)

    def send(self, draft: Draft) -> Sent:
        """Refused: nobody is listening there."""
        return Sent("refused", code="channel_cannot_reply")

    def find_sent(self, draft: Draft) -> Sent | None:
        """Nothing was sent."""
        return None

    def health(self) -> Health:
        """Whether the secrets can serve; nobody is asked."""
        try:
            keys = [key_of(secret) for secret in self._secrets]
        except Refused as error:
            return Health("needs_auth", error.code, error.detail)
        return Health("ok") if keys else Health("needs_auth", "webhook_secret_malformed")
