"""Mail servers that keep what they get: one for every service, others as a test wants them."""

import atexit
import email
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.policy import default
from functools import cache
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from .installed import free_port


@dataclass(frozen=True)
class Letter:
    """A message that has arrived, and how."""

    to: tuple[str, ...]
    text: str
    over_tls: bool


@dataclass
class Mailbox:
    """What a server has got; aiosmtpd calls the two methods, whose names are its own."""

    port: int
    letters: list[Letter] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=default)
        text = "\n".join(message.get_content().splitlines())
        over_tls = server.transport.get_extra_info("ssl_object") is not None
        self.letters.append(Letter(tuple(envelope.rcpt_tos), text, over_tls))
        return "250 kept"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, who: Any) -> Any:
        assert isinstance(who, LoginPassword)
        self.logins.append((who.login.decode(), who.password.decode()))
        return AuthResult(success=True)

    def text_for(self, address: str) -> str:
        """The last letter to somebody, empty if there is none."""
        return next((each.text for each in reversed(self.letters) if address in each.to), "")


@contextmanager
def receiving(
    port: int,
    *,
    starttls: ssl.SSLContext | None = None,
    smtps: ssl.SSLContext | None = None,
) -> Iterator[Mailbox]:
    """A server on a port, which takes any password, in the clear too, until the block ends."""
    mailbox = Mailbox(port)
    server = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        ready_timeout=60,
        ssl_context=smtps,
        tls_context=starttls,
        auth_require_tls=False,
        authenticator=mailbox.authenticate,
    )
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()


_open = ExitStack()
atexit.register(_open.close)


@cache
def everybodys_mailbox() -> Mailbox:
    """The one to which every service sends that is not told otherwise, for as long as tests run."""
    return _open.enter_context(receiving(free_port()))
