"""Connections to MySQL: what they may be told, and how they are encrypted."""

from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import trustme

from .conftest import EVERY, Install, each, having
from .installed import Installed
from .mariadb import encrypting
from .refusing import refusals
from .service import settings_for

MYSQL = each(having("has_mysql", EVERY))


@pytest.fixture(params=MYSQL)
def project(request: pytest.FixtureRequest, install: Install) -> Installed:
    """One of each framework."""
    return install(request.param)


def test_a_password_that_is_not_encoded(project: Installed) -> None:
    secrets = ["hun@ter2", "hun/ter2", "hun#ter2", "hun%ter2", "hun?ter2", "h@n/t#r%2"]
    urls = [f"mysql://shop:{secret}@db.example.com/shop" for secret in secrets]
    for secret, said in zip(secrets, refusals(project, urls), strict=True):
        assert said.startswith("DATABASE_URL: "), secret
        assert "%40 for @" in said
        assert "\n" not in said
        assert not any(part in said for part in ("hun", "ter2", secret, "db.example"))
    encoded = [f"mysql://shop:{quote(secret, safe='')}@[::1]:3307/shop" for secret in secrets]
    assert refusals(project, encoded) == [""] * len(encoded)


def test_what_is_not_understood_is_refused_by_name(project: Installed, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.touch()
    good = [
        "mysql://localhost/shop",
        "mysql://shop@/shop?socket=/run/mysqld/mysqld.sock",
        f"mysql://db/shop?ssl-mode=VERIFY_IDENTITY&ssl-ca={quote_plus(str(file))}",
    ]
    assert refusals(project, good) == [""] * len(good)
    bad = {
        "mariadb://db/shop": "mariadb",
        "postgresql://db/shop": "postgresql",
        "mysql://db": "URL",
        "mysql://db:port/shop": "URL",
        "mysql://db:70000/shop": "DATABASE_URL",
        "mysql://one,two/shop": "URL",
        "mysql://db/shop?charset=latin1": "charset",
        "mysql://db/shop?sslmode=require": "sslmode",
        "mysql://db/shop?ssl-mode=PERHAPS": "VERIFY_IDENTITY",
        "mysql://db/shop?ssl-mode=VERIFY_CA&ssl-ca=/nowhere.pem": "ssl-ca",
        f"mysql://db/shop?ssl-ca={quote_plus(str(file))}": "ssl-mode",
    }
    for (url, named), said in zip(bad.items(), refusals(project, bad), strict=True):
        assert said.startswith("DATABASE_URL: "), url
        assert named in said, url


@pytest.mark.matrix
def test_a_connection_that_is_encrypted(project: Installed, tmp_path: Path) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    stranger.cert_pem.write_to_path(tmp_path / "stranger.pem")
    ours, theirs = (f"&ssl-ca={tmp_path / name}" for name in ("ca.pem", "stranger.pem"))

    def made(host: str, query: str) -> str:
        """What `database` says, which asks the server for one; nothing where it is there in the end."""
        url = f"mysql://shop:secret@{host}:{port}/shop?{query}"
        variables = settings_for(project, url, environment="test")
        done = project.run(*project.program, "database", **variables)
        return done.stderr if done.returncode else ""

    with encrypting(tmp_path, authority) as port:
        assert made("127.0.0.1", "ssl-mode=REQUIRED") == ""
        assert made("127.0.0.1", f"ssl-mode=VERIFY_IDENTITY{ours}") == ""
        assert made("localhost", f"ssl-mode=VERIFY_CA{ours}") == ""
        refused = [
            made("localhost", f"ssl-mode=VERIFY_IDENTITY{ours}"),
            made("127.0.0.1", f"ssl-mode=VERIFY_CA{theirs}"),
        ]
        for said in refused:
            assert said.startswith("DATABASE_URL: "), said
            assert "certificate" in said
            assert "Traceback" not in said
