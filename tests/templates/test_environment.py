"""The variables: the same in the settings class, in `.env.example` and in the contract."""

import ast
import re

import pytest

from .conftest import Project

ALWAYS = {
    "ENVIRONMENT",
    "DATABASE_URL",
    "HOST",
    "PORT",
    "WEB_CONCURRENCY",
    "ALLOWED_HOSTS",
    "CORS_ORIGINS",
    "LOG_LEVEL",
    "MAX_BODY_BYTES",
    "GRACE_SECONDS",
    "KEEP_ALIVE_SECONDS",
    "DOCS_ENABLED",
    "PUBLIC_URL",
}
WITH = {
    "has_mysql": {"DATABASE_POOL_SIZE", "DATABASE_TIMEOUT_SECONDS"},
    "has_postgresql": {"DATABASE_POOL_SIZE", "DATABASE_TIMEOUT_SECONDS", "DATABASE_POOLER"},
    "has_proxies": {"TRUSTED_PROXIES"},
    "has_secret_key": {"SECRET_KEY"},
    "has_auth": {
        "MAIL_URL",
        "MAIL_FROM",
        "LOGIN_DAYS",
        "HASHES_AT_ONCE",
        "LOGIN_FAILURES_PER_CLIENT",
    },
    "has_jwt": {"ACCESS_TOKEN_MINUTES", "REFRESH_TOKEN_DAYS"},
}
# Where the settings class is: Django's own settings are another module.
MODULES = {"fastapi": "settings", "django": "environment", "flask": "settings"}


def fields(project: Project) -> set[str]:
    """The annotated fields of the settings class, as the environment spells them."""
    name = MODULES[project.combination.framework]
    module = ast.parse(project.read(f"src/{project.combination.package}/{name}.py"))
    classes = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    settings = next(
        node for node in classes if any("BaseSettings" in ast.unparse(base) for base in node.bases)
    )
    names = (
        node.target.id
        for node in settings.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    )
    return {name.upper() for name in names if not name.startswith("_") and name != "model_config"}


def test_the_example_lists_exactly_what_the_settings_read(project: Project) -> None:
    assert sorted(project.variables()) == sorted(fields(project))


def test_the_settings_are_those_of_the_contract(project: Project) -> None:
    wanted = [names for fact, names in WITH.items() if project.combination.facts[fact]]
    assert fields(project) == ALWAYS.union(*wanted)


@pytest.mark.parametrize(
    ("limits", "numbers"),
    [
        ("compose.yaml", "compose.yaml"),
        ("deploy/kubernetes/deployment.yaml", "deploy/kubernetes/configmap.yaml"),
    ],
)
def test_the_memory_limit_is_enough_for_the_hashes(
    project: Project, limits: str, numbers: str
) -> None:
    """Each worker takes 128 MiB, and each of its hashes at once 64 more."""
    facts = project.combination.facts
    if not (facts["has_auth"] and facts["has_compose" if limits == numbers else "has_kubernetes"]):
        pytest.skip("no such file, or no passwords")
    text = project.read(numbers)
    workers, hashes = (
        int(re.search(rf"{name}: \D*(\d+)", text)[1])  # type: ignore[index]
        for name in ("WEB_CONCURRENCY", "HASHES_AT_ONCE")
    )
    limit = max(
        int(size) for size in re.findall(r"(?:mem_limit|memory): (\d+)M?", project.read(limits))
    )
    assert limit >= 256 + workers * (128 + 64 * hashes)
