"""The least code for the calls that are measured: Django with its ORM."""

import json
import os
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import django
import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

database = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.path[1:],
            "USER": unquote(database.username or ""),
            "PASSWORD": unquote(database.password or ""),
            "HOST": database.hostname,
            "PORT": database.port or "",
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import models
from django.utils import timezone

USER = ("id", "name", "email", "age", "is_active", "is_superuser", "created_at", "updated_at")
CONTACT = ("id", "name", "email", "created_at", "updated_at")


class User(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=50)
    email = models.CharField(max_length=254)
    age = models.IntegerField(null=True)
    is_active = models.BooleanField()
    is_superuser = models.BooleanField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "least"
        db_table = "users_user"


class Contact(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=255)
    email = models.CharField(max_length=254, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "least"
        db_table = "contacts_contact"


def shown(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def caller(request: HttpRequest) -> User:
    claims = jwt.decode(
        request.headers["authorization"][7:],
        os.environ["SECRET_KEY"],
        algorithms=["HS256"],
        options={"verify_aud": False},
    )
    return User.objects.get(pk=claims["sub"])


def live(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def me(request: HttpRequest) -> HttpResponse:
    return JsonResponse(shown(caller(request), USER))


def users(request: HttpRequest) -> HttpResponse:
    if not caller(request).is_superuser:
        return HttpResponse(status=403)
    limit, offset = int(request.GET.get("limit", 20)), int(request.GET.get("offset", 0))
    rows = User.objects.order_by("created_at", "id")[offset : offset + limit]
    items = [shown(row, USER) for row in rows]
    total = User.objects.count()
    return JsonResponse({"items": items, "total": total, "limit": limit, "offset": offset})


@csrf_exempt
def create(request: HttpRequest) -> HttpResponse:
    if not caller(request).is_superuser:
        return HttpResponse(status=403)
    data = json.loads(request.body)
    contact = Contact(name=data["name"], email=data["email"])
    contact.save(force_insert=True)
    return JsonResponse(shown(contact, CONTACT), status=201)


urlpatterns = [
    path("health/live", live),
    path("api/v1/users/me", me),
    path("api/v1/users", users),
    path("api/v1/contacts", create),
]
app = get_wsgi_application()
