"""Databases of Django's projects whose answers change: migrated, used and migrated back."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from combinations import Combination, all_on, combination
from conftest import put
from migrating.project import Project
from migrating.states import STATES, graph

from scaffold.migrating.graph import App, Migration

from .conftest import CHOSEN, Install, having
from .databases import database
from .installed import Installed

# An app of the owner's, which refers to users as Django recommends it.
ORDERS = {
    "__init__.py": '"""Orders."""\n',
    "migrations/__init__.py": '"""The tables of orders."""\n',
    "models.py": """
from django.conf import settings
from django.db import models

class Order(models.Model):
    title = models.CharField(max_length=50)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
""",
    "migrations/0001_initial.py": """
from django.conf import settings
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("title", models.CharField(max_length=50)),
                ("user", models.ForeignKey(on_delete=models.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
""",
}
# Migrates a database, uses everything that refers to users, and prints the orders and the schema.
VISIT = """
import json
import sys
import uuid

import django

django.setup()

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client

call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
call_command("check", fail_level="WARNING")
package, = sys.argv[1:]
User, Order = apps.get_model("users.User"), apps.get_model("orders.Order")
password = "a long secret of somebody's"
kind = "application/json"

def address():
    return f"{uuid.uuid4().hex}@example.com"

def called(response, *statuses):
    assert response.status_code in statuses, (response.request, response.content)
    return response

if not Order.objects.exists():
    Order.objects.create(title="first", user=User.objects.create(name="Ada", email=address()))
client = Client(headers={"host": "localhost"})
if apps.is_installed(f"{package}.accounts"):
    ada = Order.objects.get().user
    ada.set_password(password)
    ada.save()
    someone = {"email": address(), "password": password}
    called(client.post("/api/v1/auth/register", {"name": "Ann", **someone}, kind), 201)
    for email in (ada.email, someone["email"]):
        login = {"email": email, "password": password}
        known = called(client.post("/api/v1/auth/login", login, kind), 200, 204).content
        token = json.loads(known or "{}").get("access_token")
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        called(client.get("/api/v1/users/me", headers=bearer), 200)
    if apps.is_installed("django.contrib.admin"):
        User.objects.create_superuser(name="Eve", email="eve@example.com", password=password)
        eve = Client(headers={"host": "localhost"})
        assert eve.login(username="eve@example.com", password=password)
        called(eve.get("/admin/users/user/"), 200)
        new = {"name": "Bob", "email": address(), "password1": password, "password2": password}
        called(eve.post("/admin/users/user/add/", {**new, "usable_password": "true"}), 302)
    count = User.objects.count()
    for user in User.objects.exclude(pk=ada.pk):
        user.delete()
    assert (User.objects.count(), count > 1) == (1, True)
else:
    person = {"name": "Ann", "email": address()}
    made = called(client.post("/api/v1/users", person, kind), 201).json()
    called(client.delete("/api/v1/users/" + made["id"]), 204)
# What is left of others would keep users from going.
connection.check_constraints()

tables = {}
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        described = connection.introspection.get_table_description(cursor, table)
        constraints = connection.introspection.get_constraints(cursor, table).values()
        told = ("columns", "primary_key", "unique", "foreign_key", "index")
        tables[table] = [
            sorted(str((c.name, c.type_code, c.null_ok, c.default, c.display_size)) for c in described),
            sorted(str([each[name] for name in told]) for each in constraints),
        ]
orders = [(each.title, each.user.name) for each in Order.objects.all()]
print(json.dumps({"orders": orders, "tables": tables}))
"""


# Django's own app of this name, as much of it as is needed to go back to where it was not.
ADMIN = App("admin", "", {"0001_initial": Migration("", frozenset(), frozenset(), {})}, frozenset())
# Every option that is in the schema comes and goes, from and to different ones.
ORDER = (
    "jwt",
    "session",
    "jwt-admin",
    "jwt",
    "none",
    "session-pages",
    "none",
    "jwt-admin-pages",
    "session-admin",
    "jwt",
)


@dataclass(frozen=True)
class Place:
    """A project as it was once, in the environment of an installed one: it runs on any database."""

    installed: Installed
    root: Path
    apps: Mapping[str, App]

    def run(self, url: str, *code: str) -> str:
        """What a program prints."""
        package = self.installed.combination.package
        done = replace(self.installed, root=self.root).run(
            self.installed.python,
            "-c",
            *code,
            DATABASE_URL=url,
            DJANGO_SETTINGS_MODULE=f"{package}.settings",
            PYTHONPATH=str(self.root / "src"),
            LOG_LEVEL="error",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def visit(self, url: str) -> Any:
        """Migrate a database and use it; return its tables. The owner's order is still there."""
        said = self.run(url, VISIT, self.installed.combination.package)
        found = json.loads(said.splitlines()[-1])
        assert found["orders"] == [["first", "Ada"]]
        return found["tables"]

    def leave(self, url: str, before: "Place") -> None:
        """Undo the migrations that an earlier state did not have, as `migrate APP NAME` does it."""
        code = [
            "import django",
            "django.setup()",
            "from django.core.management import call_command",
        ]
        for name, app in self.apps.items():
            known = before.apps[name].migrations if name in before.apps else {}
            if new := app.migrations.keys() - known.keys():
                common = set.intersection(*(ancestors(app, each) for each in new))
                last = max(common, key=lambda each: len(ancestors(app, each)), default="zero")
                code.append(f"call_command('migrate', '{name}', '{last}', verbosity=0)")
        self.run(url, "\n".join(code))


def ancestors(app: App, name: str) -> set[str]:
    """The migrations of an app that come before one."""
    parents = {parent for label, parent in app.migrations[name].follows if label == app.name}
    return parents.union(*(ancestors(app, parent) for parent in parents))


class Shop:
    """The project of an owner who takes orders, as its answers change."""

    def __init__(self, installed: Installed, folder: Path, state: str, **more: Any) -> None:
        known = {**installed.combination.answers, **STATES[state], **more}
        package = installed.combination.package
        self.installed, self.folder = installed, folder
        self.project = Project({name: each for name, each in known.items() if each is not None})
        settings = f"src/{package}/settings.py"
        own = f'INSTALLED_APPS += ["{package}.orders"]\n\nMIDDLEWARE = ['
        text = self.project.files[settings].decode().replace("MIDDLEWARE = [", own)
        self.project.files[settings] = text.encode()
        self.project.files |= {
            f"src/{package}/orders/{name}": text.encode() for name, text in ORDERS.items()
        }

    def set(self, state: str, name: str) -> Place:
        """Change its answers, and write it to a folder of its own."""
        (self.folder / "merging").mkdir(exist_ok=True)
        self.project.set(self.folder / "merging", **STATES[state])
        return self.at(name)

    def at(self, name: str) -> Place:
        """Write it to a folder of its own."""
        put(self.folder / name, self.project.files)
        found, answers = graph(self.project), self.project.answers
        if answers["auth"] == "none":
            # Its migrations stay, and nobody runs them.
            found.pop("accounts", None)
        if answers.get("admin"):
            found["admin"] = ADMIN
        return Place(self.installed, self.folder / name, found)


@pytest.mark.parametrize("row", having("has_django", CHOSEN))
def test_accounts_go_and_come_back(install: Install, tmp_path: Path, row: Combination) -> None:
    state = "session-admin"
    shop = Shop(install(row), tmp_path, state, database="sqlite", deploy=[])
    old, new, newer = (f"sqlite:///{tmp_path / name}.db" for name in ("old", "new", "newer"))
    before = shop.at("before").visit(old)
    none = shop.set("none", "none")
    without = none.visit(old)
    assert {"accounts_session", "django_admin_log"}.isdisjoint(without)
    assert none.visit(new) == without
    after = shop.set(state, "after")
    assert after.visit(old) == after.visit(new) == after.visit(newer) == before


@pytest.mark.matrix
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_change_and_the_way_back(install: Install, tmp_path: Path, kind: str) -> None:
    everything = all_on("django")
    shop = Shop(install(everything), tmp_path, ORDER[0], database=kind, deploy=[])
    with ExitStack() as stack:

        def url(name: str) -> str:
            (tmp_path / name).mkdir()
            made = database(combination(shop.project.answers), tmp_path / name)
            return stack.enter_context(made)

        old, late = url("old"), url("late")
        seen: dict[str, Any] = {}
        place = shop.at("0")
        for number, state in enumerate(ORDER):
            if number:
                before, place = place, shop.set(state, str(number))
                tables = place.visit(old)
                place.leave(old, before)
                assert before.visit(old) == seen[ORDER[number - 1]]
                assert place.visit(old) == tables
            else:
                tables = place.visit(old)
                assert place.visit(late) == tables
            # There and back is as before, and as where nobody was before.
            assert tables == seen.setdefault(state, tables)
            assert place.visit(url(f"new {number}")) == tables
        # One that was not migrated in between.
        assert place.visit(late) == seen[ORDER[-1]]
