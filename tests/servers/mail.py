"""A mail server of the standard that keeps what it is given, and refuses what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers.ports import free_port


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail, with its envelope."""

    sender: str
    recipients: list[str]
    options: list[str]
    message: EmailMessage
    caller: Any
    """Host and port of who has sent it: of two over one connection they are the same."""

    @property
    def text(self) -> str:
        return self.part("plain")

    @property
    def html(self) -> str:
        return self.part("html")

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """What it was given; ``refusal`` is its answer to the next recipients."""

    host: str = ""
    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refusal: str = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.SMTPUTF8)
        assert isinstance(message, EmailMessage)
        self.deliveries.append(
            Delivery(
                envelope.mail_from,
                envelope.rcpt_tos,
                envelope.mail_options,
                message,
                session.peer,
            )
        )
        return "250 OK"

    def authenticated(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password != b"wrong")


@contextmanager
def mail_server(*, knows_utf8: bool = True, tls: Any = None) -> Iterator[MailServer]:
    """A server on a free port of the loopback address; with ``tls`` it wants STARTTLS."""
    kept = MailServer()
    controller = Controller(
        kept,
        hostname="127.0.0.1",
        port=free_port(),
        enable_SMTPUTF8=knows_utf8,
        authenticator=kept.authenticated,
        auth_require_tls=tls is not None,
        tls_context=tls,
        require_starttls=tls is not None,
    )
    controller.start()
    try:
        kept.host, kept.port = controller.hostname, controller.port
        yield kept
    finally:
        controller.stop()
