"""The graphs of Django's migrations that changed answers leave, without a database."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import put

from scaffold.errors import NoTransition
from scaffold.migrating import heads, kept
from scaffold.migrating.graph import is_migration

from .project import Project, changed, template
from .states import STATES, USERS, graph, project

ACCOUNTS = "src/corner_shop/accounts/migrations/"
# What goes on referring to Django's own accounts when those of the project went.
REFERRING = {"src/corner_shop/settings.py", "src/corner_shop/users/models.py"}
PHONE = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "{}")]

    operations = [
        migrations.AddField("user", "phone", models.CharField(default="", max_length=30)),
    ]
"""


def check(project: Project) -> None:
    """Hold the migrations to the models, as far as they can be told from them."""
    models = {
        app: project.files.get(f"src/corner_shop/{app}/models.py", b"").decode()
        for app in ("users", "accounts")
    }
    found = graph(project)
    assert [len(app.last) for app in found.values()] == [1] * len(found)
    for field in ("password", "last_login", "is_active", "groups", "token_version"):
        assert found["users"].makes(f"user.{field}") == ("AbstractBaseUser" in models["users"])
    assert found["users"].makes("user.is_staff") == ("is_staff = " in models["users"])
    if models["accounts"]:
        for model in ("RefreshToken", "Session", "Attempt"):
            assert found["accounts"].makes(model.lower()) == (
                f"class {model}(" in models["accounts"]
            )


@pytest.mark.few(2)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(STATES, 2)))
def test_there_and_back_and_there(one: str, other: str, tmp_path: Path) -> None:
    shop = project(one)
    fresh = {state: project(state).files for state in (one, other)}
    for state in (other, one, other):
        before = dict(shop.files)
        shop.set(tmp_path, **STATES[state])
        check(shop)
        assert not any(map(is_migration, changed(before, shop.files)))
        rest = changed(shop.files, fresh[state]) | changed(fresh[state], shop.files)
        beside = {path for path in rest if not is_migration(path)}
        assert beside == (REFERRING if state == "none" else set())


def test_what_is_written_is_formatted(tmp_path: Path) -> None:
    shop, written = project("none"), set[str]()
    order = ["jwt", "jwt-admin", "none", "session-admin-pages", "jwt", "none", "session", "none"]
    for state in order:
        written |= shop.set(tmp_path, **STATES[state]).added.keys()
    shop.files[f"{USERS}0002_phone.py"] = PHONE.format("0001_initial").encode()
    written |= shop.set(tmp_path, **STATES["jwt-admin-pages"]).added.keys()
    root = tmp_path / "project"
    put(root, shop.files)
    for arguments in (("check", "--quiet"), ("format", "--quiet", "--diff")):
        command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert (done.stdout, done.returncode) == ("", 0)
    assert sorted(written) == [
        f"{ACCOUNTS}0006_drop_refresh_tokens.py",
        f"{ACCOUNTS}0007_drop_sessions_add_refresh_tokens.py",
        f"{ACCOUNTS}0008_drop_refresh_tokens_add_sessions.py",
        f"{ACCOUNTS}0009_add_refresh_tokens.py",
        f"{USERS}0006_drop_accounts_staff.py",
        f"{USERS}0007_add_accounts_staff.py",
        f"{USERS}0008_drop_staff.py",
        f"{USERS}0009_drop_accounts.py",
        f"{USERS}0010_add_accounts.py",
        f"{USERS}0011_drop_accounts.py",
        f"{USERS}0012_add_accounts_staff.py",
    ]


def test_what_users_lose_is_said(tmp_path: Path) -> None:
    (said,) = project("jwt-admin").set(tmp_path, **STATES["none"]).losses
    lost = "passwords and roles, the admin's log, refresh tokens and sessions"
    assert said == f"{USERS}0006_drop_accounts_staff.py drops {lost}"
    files = f"{ACCOUNTS}0006_drop_sessions.py and {USERS}0006_drop_staff.py"
    assert project("jwt-admin").set(tmp_path, **STATES["jwt"]).losses == (
        f"{files} drop the admin's log and sessions",
    )
    assert project("jwt").set(tmp_path, **STATES["jwt-admin"]).losses == ()


@pytest.mark.parametrize("api", ["ninja", "drf"])
def test_what_is_no_part_of_the_schema_leaves_the_migrations_alone(
    tmp_path: Path, api: str
) -> None:
    shop = project("jwt-admin")
    before = {path: each for path, each in shop.files.items() if is_migration(path)}
    done = shop.set(tmp_path, api=api, database="sqlite", deploy=[])
    assert (done.added, done.losses) == ({}, ())
    assert {path: each for path, each in shop.files.items() if is_migration(path)} == before


def test_an_own_migration_of_users_and_that_of_accounts_are_joined(tmp_path: Path) -> None:
    shop = project("none")
    shop.files[f"{USERS}0002_phone.py"] = PHONE.format("0001_initial").encode()
    assert shop.set(tmp_path, **STATES["jwt"]).added.keys() == {f"{USERS}0005_merge.py"}
    check(shop)
    assert graph(shop)["users"].migrations["0005_merge"].follows == {
        ("users", "0002_phone"),
        ("users", "0004_token_version"),
    }
    # The template's own of this name joins others.
    assert shop.set(tmp_path, **STATES["jwt-admin"]).added.keys() == {f"{USERS}0006_merge.py"}
    check(shop)


def test_an_own_migration_that_follows_others_is_followed(tmp_path: Path) -> None:
    shop = project("jwt")
    shop.files[f"{USERS}0007_phone.py"] = PHONE.format("0004_token_version").encode()
    assert shop.set(tmp_path, **STATES["none"]).added.keys() == {f"{USERS}0008_drop_accounts.py"}
    check(shop)


def test_squashed_migrations_stand_for_those_that_they_replace(tmp_path: Path) -> None:
    shop = project("jwt")
    old = ["0001_initial", "0002_auth", "0004_token_version"]
    fields = [f'("{name}", None)' for name in ("id", "password", "last_login", "token_version")]
    fields += [f'("{name}", None)' for name in ("is_active", "groups")]
    shop.files[f"{USERS}0001_squashed.py"] = f"""
from django.db import migrations
class Migration(migrations.Migration):
    replaces = [{", ".join(f'("users", "{name}")' for name in old)}]
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.CreateModel("User", [{", ".join(fields)}])]
""".encode()
    assert graph(shop)["users"].last == ["0001_squashed"]
    done = shop.set(tmp_path, **STATES["none"])
    assert done.added.keys() == {f"{USERS}0002_drop_accounts.py"}
    for name in old:
        del shop.files[f"{USERS}{name}.py"]
    done = shop.set(tmp_path, **STATES["jwt"])
    assert done.added.keys() == {f"{USERS}0003_add_accounts.py"}
    check(shop)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "src/corner_shop/orders/migrations/0001_initial.py",
            PHONE.replace("users", "accounts").format("0001_initial"),
            "src/corner_shop/orders/migrations/0001_initial.py comes after accounts.0001_initial",
        ),
        (
            f"{USERS}0006_phone.py",
            PHONE.format("0005_gone"),
            f"{USERS}0006_phone.py comes after 0005_gone, which is not there",
        ),
        (f"{USERS}0006_phone.py", "<<<<<<< HEAD", f"{USERS}0006_phone.py is not valid Python"),
        (f"{USERS}0006_phone.py", "-" * 99999 + "1", f"{USERS}0006_phone.py is not valid Python"),
        (
            "src/corner_shop/orders/migrations/0001_initial.py",
            PHONE.replace("users", "orders").format("0001_initial"),
            "the migrations in src/corner_shop/orders/migrations/ follow each other",
        ),
    ],
    ids=["needs what goes", "lost a parent", "in conflict", "has no end", "in a circle"],
)
def test_what_django_could_not_load_is_refused(
    tmp_path: Path, path: str, text: str, said: str
) -> None:
    shop = project("jwt")
    shop.files[path] = text.encode()
    with pytest.raises(NoTransition, match=f"^{said}"):
        shop.set(tmp_path, **STATES["none"])


def test_an_owners_app_in_a_folder_of_the_same_name_is_another_one(tmp_path: Path) -> None:
    shop = project("jwt")
    theirs = "src/corner_shop/zoo/users/migrations/"
    shop.files[f"{theirs}0001_initial.py"] = PHONE.format("0001_initial").encode()
    shop.files[f"{theirs}0002_empty.py"] = (
        b"class Migration:\n    operations = [CreateModel('A', [()])]\n"
    )
    (added,) = shop.set(tmp_path, **STATES["none"]).added
    assert added.startswith(USERS)


def test_what_replaces_migrations_of_another_app_stays() -> None:
    path = "src/corner_shop/orders/migrations/0001_initial.py"
    replaces = 'class Migration:\n    replaces = [("shop", "0001_initial")]\n'
    assert heads.split({path: replaces}) == []
    more = {path.replace("0001", "0002"): PHONE.replace("users", "orders").format("0001_initial")}
    third = {path.replace("0001", "0003"): PHONE.replace("users", "orders").format("0001_initial")}
    assert len(heads.split({path: replaces, **more, **third})) == 1


def test_what_cannot_be_read_keeps_nothing() -> None:
    """`scaffold status` shows a conflict, and does not fail of it."""
    shop = project("jwt")
    assert kept.facts(template(), shop.files) == {"has_auth_migrations": True}
    auth = f"{USERS}0002_auth.py"
    assert kept.facts(template(), {auth: b"# \xe9\n" + shop.files[auth]})
    assert kept.facts(template(), {**shop.files, auth: b"<<<<<<< HEAD"}) == {}
    assert kept.facts(template(), project("none").files) == {}


def test_a_comment_in_another_encoding_is_no_hindrance(tmp_path: Path) -> None:
    shop = project("jwt")
    own = f"{USERS}0005_phone.py"
    shop.files[own] = b"# caf\xe9\n" + PHONE.format("0004_token_version").encode()
    assert shop.set(tmp_path, **STATES["none"]).added.keys() == {f"{USERS}0006_drop_accounts.py"}


def test_two_last_migrations_are_reported_with_what_joins_them() -> None:
    files = {path: text.decode() for path, text in project("jwt-admin-pages").files.items()}
    assert heads.split(files) == []
    files[f"{USERS}0003_phone.py"] = PHONE.format("0002_auth")
    # An app may have a label of its own, and not all that lies there is a migration.
    files["src/orders/migrations/0001_initial.py"] = PHONE.replace("users", "sales")
    files["src/orders/migrations/0002_more.py"] = PHONE.replace("users", "sales").format(
        "0001_initial"
    )
    files["src/orders/migrations/helpers.py"] = "X = 1\n"
    (said,) = heads.split(files)
    assert said == (
        "0003_phone and 0005_merge are both the last migration of users: "
        "join them by `uv run python manage.py makemigrations --merge`"
    )
    files[f"{USERS}0006_more.py"] = "<<<<<<< HEAD"
    (said,) = heads.split(files)
    assert said.startswith(f"{USERS}0006_more.py is not valid Python")


def test_options_bring_no_more_migrations_to_users() -> None:
    """Owners have theirs there, which nothing would join with those: see "What updates need"."""
    each: list[set[object]] = [
        {path.removeprefix(USERS) for path in project(state).files if path.startswith(USERS)}
        for state in STATES
    ]
    owned = set.union(*each) - set.intersection(*each)
    released = {"0002_auth.py", "0003_staff.py", "0004_token_version.py", "0005_merge.py"}
    assert owned == released
