"""Mail on its way: encrypted where the server can, always with a password, and to the right server alone."""

import ssl
import time
from collections.abc import Callable, Iterator

import pytest
import trustme

from .accounts import Account, forgot_password, new_account
from .conftest import CHOSEN, Boot, having
from .installed import free_port
from .mailbox import Mailbox, receiving
from .service import Service, beside

WHO = "postman:a%20p%40ss%2Fword"
CONNECTIONS = [
    pytest.param(f"smtp://{WHO}@localhost", id="password"),
    pytest.param("smtp://localhost", id="no-password", marks=pytest.mark.matrix),
    pytest.param(f"smtps://{WHO}@localhost", id="smtps", marks=pytest.mark.matrix),
]
SECONDS = 30

pytestmark = pytest.mark.daily("django")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Whom the services trust."""
    return trustme.CA()


@pytest.fixture(scope="module", params=having("has_auth", CHOSEN))
def base(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """A service whose database the others use."""
    return boot(request.param)


@pytest.fixture(scope="module", params=CONNECTIONS)
def sender(
    request: pytest.FixtureRequest,
    base: Service,
    authority: trustme.CA,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    """A service that sends to a port of its own, where nobody listens yet."""
    folder = tmp_path_factory.mktemp("sender")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    with beside(
        base,
        folder,
        WEB_CONCURRENCY="1",
        MAIL_URL=f"{request.param}:{free_port()}",
        SSL_CERT_FILE=str(folder / "ca.pem"),
    ) as service:
        yield service


def port(service: Service) -> int:
    return int(service.variables["MAIL_URL"].rpartition(":")[2])


def tls(sender: Service, issuer: trustme.CA, host: str = "localhost") -> dict[str, ssl.SSLContext]:
    """What makes a server speak the TLS that the sender asks for, with a certificate of an issuer's."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert(host).configure_cert(context)
    implicit = sender.variables["MAIL_URL"].startswith("smtps:")
    return {"smtps" if implicit else "starttls": context}


def has_password(sender: Service) -> bool:
    return "@" in sender.variables["MAIL_URL"]


def ask_for_mail(sender: Service, account: Account) -> None:
    assert forgot_password(sender, account["email"]).status_code == 202


def wait_until(happened: Callable[[], bool], sender: Service) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, sender.printed()
        time.sleep(0.05)


def assert_nothing_is_sent(sender: Service, mailbox: Mailbox) -> None:
    """The failure is in the log, and the server has learned nothing."""
    before = sender.printed().count("mail was not sent")
    ask_for_mail(sender, new_account(sender))
    wait_until(lambda: sender.printed().count("mail was not sent") > before, sender)
    assert (mailbox.letters, mailbox.logins) == ([], [])


def test_mail_goes_over_tls(sender: Service, authority: trustme.CA) -> None:
    account = new_account(sender)
    with receiving(port(sender), **tls(sender, authority)) as mailbox:
        ask_for_mail(sender, account)
        wait_until(lambda: bool(mailbox.letters), sender)
    (letter,) = mailbox.letters
    assert letter.over_tls
    assert "?token=" in letter.text
    assert mailbox.logins == ([("postman", "a p@ss/word")] if has_password(sender) else [])


def test_a_certificate_of_an_unknown_issuer(sender: Service) -> None:
    with receiving(port(sender), **tls(sender, trustme.CA())) as mailbox:
        assert_nothing_is_sent(sender, mailbox)


def test_a_certificate_for_another_host(sender: Service, authority: trustme.CA) -> None:
    with receiving(port(sender), **tls(sender, authority, "mail.example.com")) as mailbox:
        assert_nothing_is_sent(sender, mailbox)


def test_a_server_without_tls(sender: Service) -> None:
    """A password goes over TLS or nowhere; without one nothing more can be done."""
    with receiving(port(sender)) as mailbox:
        if has_password(sender):
            assert_nothing_is_sent(sender, mailbox)
            return
        ask_for_mail(sender, new_account(sender))
        wait_until(lambda: bool(mailbox.letters), sender)
        assert not mailbox.letters[0].over_tls
