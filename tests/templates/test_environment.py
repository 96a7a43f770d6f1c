"""The variables: the same in the settings class, in `.env.example` and in the contract."""

import ast

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
    "DOCS_ENABLED",
}
WITH = {
    "has_postgresql": {"DATABASE_TIMEOUT_SECONDS", "DATABASE_POOLER"},
    "has_proxies": {"TRUSTED_PROXIES"},
    "has_secret_key": {"SECRET_KEY"},
    "has_auth": {"PUBLIC_URL", "MAIL_URL", "MAIL_FROM"},
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
