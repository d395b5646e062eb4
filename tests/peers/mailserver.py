"""A real mail house on 127.0.0.1 for tests: Debian's Dovecot (IMAP, LMTP) and an SMTP server (aiosmtpd) that
hands what it takes to Dovecot by LMTP. Free ports, a folder of its own, nothing left behind after `stop()`.

    server = start_mailserver()
    mid = server.deliver("marie@ex.test", "care@ex.test", "Colis perdu", "Bonjour …")
    connector = MailConnector(server.settings("care", sent_folder="Sent"))
    server.mailbox("marie")[-1]["In-Reply-To"]
    server.stop()

Every user has the password "secret"; the mailbox of care@any.test is "care". `smtp.faults` makes the SMTP
server fail in known ways.
"""

import email
import email.policy
import email.utils
import imaplib
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWORD = "secret"

CONFIGURATION = """
base_dir={folder}/run
state_dir={folder}/state
log_path={folder}/log
protocols=imap lmtp
listen=127.0.0.1
ssl=yes
ssl_cert=<{folder}/certificate.pem
ssl_key=<{folder}/key.pem
disable_plaintext_auth=no
auth_mechanisms=plain login
auth_username_format=%n
mail_location=maildir:{folder}/mail/%n
mailbox_list_index=no
first_valid_uid=1
default_internal_user={internal}
default_internal_group={internal_group}
default_login_user={login}
passdb {{
  driver=static
  args=password={password}
}}
userdb {{
  driver=static
  args=uid={uid} gid={gid} home={folder}/mail/%n
}}
namespace inbox {{
  inbox=yes
  mailbox Sent {{
    auto=create
    special_use=\\Sent
  }}
}}
service imap-login {{
  chroot=
  inet_listener imap {{
    port={port}
  }}
  inet_listener imaps {{
    port={tls_port}
    ssl=yes
  }}
}}
auth_failure_delay=0
service anvil {{
  chroot=
  unix_listener anvil-auth-penalty {{
    mode=0
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    path={folder}/lmtp
    mode=0666
  }}
}}
"""


@dataclass
class Faults:
    """What the SMTP server does wrong; all off at the start."""

    refuse_recipient: str = ""  # the answer to RCPT: "550 no such user", "451 later"
    refuse_data: str = ""  # the answer after the message
    cut_after_accept: bool = False  # takes the message, delivers it, and hangs up without an answer
    cut_before_accept: bool = False  # hangs up after the message and delivers nothing


@dataclass
class Relay:
    """Hands what it takes to Dovecot."""

    lmtp: Path
    faults: Faults = field(default_factory=Faults)
    accepted: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.faults.refuse_recipient:
            return self.faults.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.faults.refuse_data:
            return self.faults.refuse_data
        if self.faults.cut_before_accept:
            server.transport.abort()
            return "250 never heard"
        with smtplib.LMTP(str(self.lmtp)) as dovecot:
            dovecot.sendmail(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)
        self.accepted += 1
        if self.faults.cut_after_accept:
            server.transport.abort()
        return "250 OK"


class MailServer:
    """The running house."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imap_port, self.smtp_port = free_port(), free_port()
        self.imaps_port, self.smtps_port = free_port(), free_port()
        self.certificate = folder / "certificate.pem"  # of localhost; trust it by SSL_CERT_FILE
        write_certificate(folder)
        self._write_configuration()
        self.start_dovecot()
        self.smtp = Relay(folder / "lmtp")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, folder / "key.pem")
        self.controllers = [
            self._controller(self.smtp_port, tls_context=tls),
            self._controller(self.smtps_port, ssl_context=tls),
        ]
        for controller in self.controllers:
            controller.start()

    def _controller(self, port: int, **more: Any) -> Controller:
        return Controller(
            self.smtp,
            hostname="127.0.0.1",
            port=port,
            authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
                success=data.password == PASSWORD.encode(), handled=False
            ),
            auth_require_tls=False,
            **more,
        )

    def start_dovecot(self) -> None:
        """Starts Dovecot (again, after `stop_dovecot`) on the same port."""
        command = [DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")]
        self.dovecot = subprocess.Popen(command, start_new_session=True)
        for _ in range(500):
            if self.dovecot.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.imap_port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop_dovecot()
        log = self.folder / "log"
        raise RuntimeError("Dovecot did not start: " + (log.read_text() if log.exists() else "no log"))

    def stop_dovecot(self) -> None:
        """Ends Dovecot and all its sessions."""
        if self.dovecot.poll() is None:
            self.dovecot.terminate()
            try:
                self.dovecot.wait(timeout=1)
            except subprocess.TimeoutExpired:  # it waits for sessions that are idle
                os.killpg(self.dovecot.pid, signal.SIGKILL)
                self.dovecot.wait()

    def stop(self) -> None:
        """Ends both servers and removes their folder."""
        for controller in self.controllers:
            controller.stop()
        self.stop_dovecot()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, user: str, **more: str) -> dict[str, str]:
        """The settings of a mail channel on this server."""
        known = {
            "address": f"{user}@ex.test",
            "imap_host": "127.0.0.1",
            "imap_port": str(self.imap_port),
            "imap_security": "none",
            "user": user,
            "password": PASSWORD,
            "smtp_host": "127.0.0.1",
            "smtp_port": str(self.smtp_port),
            "smtp_security": "none",
        }
        return known | more

    def deliver(
        self,
        sender: str,
        to: str,
        subject: str,
        body: str,
        in_reply_to: str | None = None,
        references: str | None = None,
        message_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Sends a mail by SMTP, as a person's program does; answers its Message-ID, with brackets."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = message_id or email.utils.make_msgid(domain="customer.test")
        message["Date"] = email.utils.formatdate()
        if in_reply_to:
            message["In-Reply-To"], message["References"] = in_reply_to, references or in_reply_to
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(body)
        self.deliver_raw(email.utils.parseaddr(sender)[1], to, message.as_bytes())
        return str(message["Message-ID"])

    def deliver_raw(self, sender: str, to: str, raw: bytes) -> None:
        """Sends these bytes by SMTP."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as server:
            server.sendmail(sender, [to], raw)

    def file(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Puts these bytes in a folder by IMAP: for mails that no SMTP server would let through."""
        with self.opened(user, folder) as client:
            client.append(folder, "", "", raw)

    @contextmanager
    def opened(self, user: str, folder: str = "INBOX", readonly: bool = False) -> Iterator[imaplib.IMAP4]:
        """A plain IMAP session of that user."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10)
        client.login(user, PASSWORD)
        client.select(folder, readonly)
        try:
            yield client
        finally:
            client.logout()

    def mailbox(self, user: str, folder: str = "INBOX") -> list[EmailMessage]:
        """The messages in a folder of that user, oldest first."""
        with self.opened(user, folder, readonly=True) as client:
            numbers = client.search(None, "ALL")[1][0].split()
            raws = [client.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]
        texts = [raw.replace(b"\r\n", b"\n") for raw in raws]
        return [email.message_from_bytes(text, policy=email.policy.default) for text in texts]

    def flags(self, user: str, folder: str = "INBOX") -> list[str]:
        """The flags of each message of a folder."""
        with self.opened(user, folder, readonly=True) as client:
            return [answer.decode() for answer in client.fetch("1:*", "(FLAGS)")[1] if answer]

    def expunge(self, user: str, number: int) -> None:
        """Removes the message of that sequence number, as a person does in a webmail."""
        with self.opened(user) as client:
            client.store(str(number), "+FLAGS", "\\Deleted")
            client.expunge()

    def empty(self, user: str, folder: str = "INBOX") -> None:
        """Removes all messages of a folder."""
        with self.opened(user, folder) as client:
            client.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
            client.expunge()

    def change_uidvalidity(self, user: str, value: int) -> None:
        """Renumbers the folder, as a restored or migrated server does."""
        doveadm = Path(DOVECOT or "").parent.parent / "bin" / "doveadm"
        command = [doveadm, "-c", self.folder / "dovecot.conf", "mailbox", "update", "-u", user]
        subprocess.run([*map(str, command), "--uid-validity", str(value), "INBOX"], check=True)

    def forget_number(self, user: str, uid: int) -> None:
        """Gives the next mail that number again, under the same UIDVALIDITY: what a backup that was put back does, and
        no server may do."""
        box = self.folder / "mail" / user
        for index in box.glob("dovecot.index*"):
            index.unlink()
        numbers = box / "dovecot-uidlist"
        head, *rest = numbers.read_text().splitlines(keepends=True)
        rest = [line for line in rest if int(line.split()[0]) < uid]
        numbers.write_text(re.sub(r" N\d+", f" N{uid}", head) + "".join(rest))

    def _write_configuration(self) -> None:
        root = os.getuid() == 0
        me = pwd.getpwuid(os.getuid())
        owner = pwd.getpwnam("nobody") if root else me
        (self.folder / "mail").mkdir()
        os.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        text = CONFIGURATION.format(
            folder=self.folder,
            port=self.imap_port,
            tls_port=self.imaps_port,
            password=PASSWORD,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            internal="dovecot" if root else me.pw_name,
            internal_group="dovecot" if root else me.pw_gid,
            login="dovenull" if root else me.pw_name,
        )
        (self.folder / "dovecot.conf").write_text(text)


def start_mailserver(folder: Path | None = None) -> MailServer:
    """Starts a house. `folder`: empty, with a short path that other users may enter; made when left out."""
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="entendu-mail-"))
        folder.chmod(0o755)
    return MailServer(folder)


def write_certificate(folder: Path) -> None:
    """A certificate of localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)


def require_dovecot() -> None:
    """Skips the test where Dovecot is not installed; fails where it must be (CI)."""
    if DOVECOT is None:
        reason = "Dovecot is not installed: apt install dovecot-imapd dovecot-lmtpd"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
