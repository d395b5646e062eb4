"""How an outbound call may end badly. `kit` knows nothing of `wire`: callers translate these into its errors.

Codes of HttpRefused: url_malformed, scheme_not_allowed, userinfo_not_allowed, port_not_allowed,
address_not_public, peer_changed, allow_malformed, header_malformed, redirect_malformed, redirect_drops_tls,
redirect_of_write, too_many_redirects, too_large, encoding_unknown, http_<4xx>.
Codes of HttpFailed: dns_failed, connect_failed, connection_lost, tls_failed, timeout, protocol_error, body_malformed,
http_<408, 425, 429 or 5xx>.
"""


class HttpRefused(Exception):
    """The call is against the rules, or upstream said no: the same call will never work."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class HttpFailed(Exception):
    """A passing fault. `retry_after`: seconds, when upstream said so."""

    def __init__(self, code: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
