"""What every project's document must say: each call, what it takes and gives, and how it may be answered."""

import re
from collections.abc import Mapping
from typing import Any

from .problems import AUTH, USERS

Calls = dict[str, set[str]]
EVERY = {"400", "413", "500", "503"}
USER = {"id", "name", "email", "age", "created_at", "updated_at"}
PAGE = {"items", "total", "limit", "offset"}
TOKENS = {"access_token", "refresh_token", "token_type", "expires_in"}


def statuses(facts: Mapping[str, Any]) -> Calls:
    """How each call may be answered."""
    admin = {"401", "403"} if facts["has_auth"] else set()
    found = {
        "GET /health/live": {"200"},
        "GET /health/ready": {"200"},
        f"GET {USERS}": {"200", "422", *admin},
        f"POST {USERS}": {"201", "409", *admin},
        f"GET {USERS}/{{}}": {"200", "404", *admin},
        f"PATCH {USERS}/{{}}": {"200", "404", "409", *admin},
        f"DELETE {USERS}/{{}}": {"204", "404", "409", *admin},
        **(_accounts() if facts["has_auth"] else {}),
    }
    if facts["has_jwt"]:
        found[f"POST {AUTH}/refresh"] = {"200", "401"}
    if facts["has_session"]:
        found[f"GET {AUTH}/csrf"] = {"200"}
    for call, answers in found.items():
        answers |= EVERY
        if call in takes(facts):
            # WSGI cannot tell where a body ends that does not say how large it is: Django refuses it.
            answers |= {"415", "422", *(["411"] if facts["has_django"] else [])}
        if facts["has_session"] and not call.startswith("GET "):
            answers |= {"403"}
    return found


def _accounts() -> Calls:
    return {
        f"GET {USERS}/me": {"200", "401"},
        f"PATCH {USERS}/me": {"200", "401", "403", "409"},
        f"DELETE {USERS}/me": {"204", "401", "409"},
        f"POST {AUTH}/register": {"201", "409", "429"},
        f"POST {AUTH}/login": {"200", "401", "429"},
        f"POST {AUTH}/logout": {"204"},
        f"POST {AUTH}/password/change": {"204", "401", "403", "429"},
        f"POST {AUTH}/password/forgot": {"202", "429"},
        f"POST {AUTH}/password/reset": {"204"},
    }


def takes(facts: Mapping[str, Any]) -> Calls:
    """The members of each body that is sent."""
    new = {"name", "email", "age"}
    if not facts["has_auth"]:
        return {f"POST {USERS}": new, f"PATCH {USERS}/{{}}": new}
    changes = {*new, "is_active", "is_admin"}
    found = {
        f"POST {USERS}": {*new, "password"},
        f"PATCH {USERS}/{{}}": changes,
        f"PATCH {USERS}/me": changes,
        f"POST {AUTH}/register": {*new, "password"},
        f"POST {AUTH}/login": {"email", "password"},
        f"POST {AUTH}/password/change": {"current_password", "password"},
        f"POST {AUTH}/password/forgot": {"email"},
        f"POST {AUTH}/password/reset": {"token", "password"},
    }
    if facts["has_jwt"]:
        found |= {f"POST {AUTH}/{call}": {"refresh_token"} for call in ("logout", "refresh")}
    return found


def gives(facts: Mapping[str, Any]) -> Calls:
    """The members of each body that answers."""
    user = USER | ({"is_active", "is_admin"} if facts["has_auth"] else set())
    found = {f"GET {USERS}": PAGE, f"POST {USERS}": user}
    found |= {f"{method} {USERS}/{{}}": user for method in ("GET", "PATCH")}
    if facts["has_auth"]:
        found |= {f"{method} {USERS}/me": user for method in ("GET", "PATCH")}
        found |= {f"POST {AUTH}/register": user}
    if facts["has_jwt"]:
        found |= {f"POST {AUTH}/{call}": TOKENS for call in ("login", "refresh")}
    if facts["has_session"]:
        found |= {f"POST {AUTH}/login": user, f"GET {AUTH}/csrf": {"csrf_token"}}
    return found


class Document:
    """An OpenAPI document, read call by call."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.calls: dict[str, Any] = {
            f"{method.upper()} {re.sub(r'{[^}]+}', '{}', path)}": call
            for path, item in document["paths"].items()
            for method, call in item.items()
        }

    def statuses(self) -> Calls:
        """How each call may be answered; what frameworks check of a path by themselves apart."""
        return {
            name: set(call["responses"])
            - ({"422"} if name.endswith("{}") and "requestBody" not in call else set())
            for name, call in self.calls.items()
        }

    def takes(self) -> Calls:
        """The members of each body that is sent."""
        return {
            name: self._members(call["requestBody"])
            for name, call in self.calls.items()
            if "requestBody" in call
        }

    def gives(self) -> Calls:
        """The members of each body of a feature that answers."""
        found = {
            name: self._members(answer)
            for name, call in self.calls.items()
            for status, answer in call["responses"].items()
            if status < "3" and "/health/" not in name
        }
        return {name: members for name, members in found.items() if members}

    def problem(self) -> set[str]:
        """The members of an error."""
        return set(self.document["components"]["schemas"]["Problem"]["properties"])

    def _members(self, body: Mapping[str, Any]) -> set[str]:
        schema = body.get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return set(schema.get("properties", {}))
