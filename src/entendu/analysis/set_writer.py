"""An administrator says where summaries may be written, or that they shall not be."""

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.analysis.models import Writer
from entendu.channels.seal import seal
from entendu.kit import clock
from entendu.kit.safe_http import HttpRefused, is_public
from entendu.kit.safe_http.addresses import literal, read_allow, read_url

SENTENCES: dict[str, Promise] = {
    "not_allowed": _("Your role does not allow this."),
    "bad_address": _(
        "This is not an address that may be asked: https://…, or a private one that the operator lists "
        "in ENTENDU_HTTP_ALLOW."
    ),
    "no_model": _("Name the model."),
}


class WriterRefused(ValueError):
    """Nothing was changed. `code`: a key of SENTENCES; `str()` is the sentence, in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(SENTENCES[self.code])


@transaction.atomic
def set_writer(*, by: Membership, base_url: str, model: str, key: str, active: bool) -> Writer:
    """Sets the writer of the organisation of `by`. An empty `key` keeps the one that is there, as long as the address
    is the same: a key is not carried to another house. Raises WriterRefused."""
    if not by.may("administer"):
        raise WriterRefused("not_allowed")
    base_url, model = base_url.strip().rstrip("/")[:300], model.strip()[:120]
    check(base_url)
    if not model:
        raise WriterRefused("no_model")
    known = Writer.objects.select_for_update().filter(organisation=by.organisation).first()
    sealed = bytes(known.sealed_key) if known and known.base_url == base_url else b""
    if key.strip():
        sealed = seal({"key": key.strip()[:400]})
    values = {
        "base_url": base_url,
        "model": model,
        "sealed_key": sealed,
        "active": active,
        "changed_at": clock.now(),
        "failed_at": None,
        "failure": "",
    }
    writer, _new = Writer.objects.update_or_create(organisation=by.organisation, defaults=values)
    audit(by.organisation, by, "set_writer", base_url, model=model, active=active, new_key=bool(key.strip()))
    return writer


def check(base_url: str) -> None:
    """Raises WriterRefused unless `base_url` may be asked: public over TLS, or listed by the operator."""
    try:
        target = read_url(base_url, read_allow(settings.HTTP_ALLOW))
    except HttpRefused as error:
        raise WriterRefused("bad_address") from error
    address = literal(target.host)
    if not target.trusted and (target.scheme != "https" or (address and not is_public(address))):
        raise WriterRefused("bad_address")
