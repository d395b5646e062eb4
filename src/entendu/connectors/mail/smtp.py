"""One mail to an SMTP server, with an honest outcome: refused, to be tried later, sent, or unknown."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from entendu.connectors.mail.account import Account
from entendu.wire import NeedsAuth, Refused, TryLater, WireError
from entendu.wire.outgoing import Outcome

TIMEOUT = 60.0  # seconds for each answer: RFC 5321 allows minutes after DATA


def deliver(account: Account, to: str, message: bytes) -> tuple[Outcome, str]:
    """Hands `message` (CRLF) over. ("sent", the server's words) or ("unknown", why) when the connection was
    cut after the message had begun to leave. Raises TryLater (4xx, network) and Refused (5xx) when nothing
    left."""
    with connected(account) as server:
        options = [f"size={len(message)}"] if server.has_extn("size") else []
        _expect(server.mail(account.address, options))
        _expect(server.rcpt(to))
        _expect(server.docmd("DATA"), ok=(354,))
        try:
            server.send(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
            code, words = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            # The server may have taken it: only its answer could tell (RFC 1047).
            server.close()
            return "unknown", f"{type(error).__name__}: {error}"[:300]
        _expect((code, words))
        return "sent", _said(words)


@contextmanager
def connected(account: Account) -> Iterator[smtplib.SMTP]:
    """A signed-in connection; every failure is a WireError."""
    with _translated():
        server = _connect(account)
        try:
            if account.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if account.smtp_user:
                server.login(account.smtp_user, account.smtp_password)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _connect(account: Account) -> smtplib.SMTP:
    host, port = account.smtp_host, account.smtp_port
    if account.smtp_security == "ssl":
        return smtplib.SMTP_SSL(
            host, port, account.domain, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    return smtplib.SMTP(host, port, account.domain, timeout=TIMEOUT)


def _expect(reply: tuple[int, bytes], ok: tuple[int, ...] = (250, 251, 252)) -> None:
    code, words = reply
    if code in ok:
        return
    if 500 <= code < 600:
        raise Refused("smtp_refused", f"{code} {_said(words)}")
    raise TryLater("smtp_busy", f"{code} {_said(words)}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except WireError:
        raise
    except smtplib.SMTPAuthenticationError as error:
        said = f"{error.smtp_code} {_said(error.smtp_error)}"
        if error.smtp_code < 500:
            raise TryLater("sign_in_unavailable", said) from None
        raise NeedsAuth("bad_credentials", said) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("smtp_unfit", str(error)) from None
    except smtplib.SMTPServerDisconnected as error:
        raise TryLater("connection_lost", str(error)) from None
    except smtplib.SMTPResponseException as error:
        _expect((error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""), ok=())
    except smtplib.SMTPException as error:
        raise TryLater("smtp_error", str(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise TryLater("bad_certificate", str(error)) from None
    except ssl.SSLError as error:
        raise TryLater("tls_failed", str(error)) from None
    except OSError as error:
        raise TryLater("unreachable", str(error)) from None


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:300]
