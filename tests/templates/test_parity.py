"""What the frameworks' projects have in common, so that whoever knows one finds everything in another."""

import re
from collections.abc import Callable

import pytest
import yaml
from combinations import Combination, all_off, all_on, combination

from .conftest import Project, Render

# What one framework alone has, and why: paths, variables, and services of compose with a colon behind them.
OWN = {
    "fastapi": {
        "migrations",  # Alembic's; Django's are in each app
        "tests/test_db.py",  # it alone has sessions that only read
    },
    "flask": {
        "migrations",
        "tests/__init__.py",  # its tests share helpers
        "tests/test_legacy.py",  # an option that the others lack
        "tests/test_tokens.py",
    },
    "django": {
        "SECRET_KEY",  # Django has one, with accounts and without
        "TRUSTED_PROXIES",  # its own protection asks who the client is, with accounts and without
        "tests/test_proxies.py",
        "manage.py",  # its program; FastAPI's is the package
        "tests/__init__.py",  # Django's runner finds tests in packages
        "tests/test_tokens.py",  # FastAPI's are part of test_auth.py, as it has no other door
        "tests/test_admin.py",  # an option that FastAPI lacks
        "tests/test_pages.py",  # an option that FastAPI lacks
    },
}

# The tests of options that some of them lack, and the names of the other tests that some of them lack: with
# fewer than three frameworks, why.
OPTIONS = ("tests/test_admin.py", "tests/test_pages.py", "tests/test_legacy.py")
TESTS_OF_SOME = {
    # It alone has sessions of the database that only read, and answers while others wait.
    "test_a_session_that_reads_does_not_write": "fastapi",
    "test_a_request_that_fails_leaves_nothing": "fastapi",
    "test_what_others_do_not_answer_is_no_failure_of_the_database": "fastapi",
    "test_deleting_a_user_while_they_refresh": "fastapi",
    # Its sessions and their token are written in the project, and no package tests them.
    "test_a_page_of_an_allowed_origin_may_call": "fastapi",
    "test_a_route_that_asks_who_calls_needs_the_token_wherever_it_is": "fastapi",
    "test_in_production_the_cookie_is_of_this_host_alone": "fastapi",
    "test_the_token_depends_on_the_secret": "fastapi",
    "test_what_has_expired_goes_at_the_next_login": "fastapi",
    # It tries the limits of registrations and of mails in one.
    "test_registrations_are_limited": "fastapi",
    "test_requests_for_mail_are_limited": "django flask",
    # Bodies come to each server in a way of its own.
    "test_a_body_that_nobody_wants": "fastapi",
    "test_a_body_that_ends_early": "flask",
    "test_a_body_that_does_not_say_how_large_it_is": "django",
    "test_a_body_that_becomes_too_large": "fastapi flask",
    "test_a_view_with_a_limit_of_its_own": "flask",
    "test_a_route_with_a_limit_of_its_own": "django",
    "test_the_items_of_a_list_are_pointed_at": "flask",
    "test_head_is_get_without_the_body": "django",
    # Django has its own way to make the first administrator, to hash, to sign and to keep sessions.
    "test_an_administrator_is_made_by_a_command": "flask",
    "test_an_administrator_makes_another": "django",
    "test_an_unknown_address_takes_as_long_as_a_known_one": "fastapi flask",
    "test_no_connection_is_held_while_a_password_is_hashed": "fastapi flask",
    "test_only_so_many_wait_for_a_hash": "fastapi flask",
    "test_whoever_finds_the_queue_for_hashes_full_asks_nothing_of_the_database": "django",
    "test_links_are_signed_with_sha256": "fastapi flask",
    "test_the_cookie_is_signed_with_sha256": "flask",
    "test_the_token_comes_with_a_cookie": "django fastapi",
    "test_a_session_from_before_logins_were_dated_goes_on": "django",
    "test_the_caller_is_found_by_one_query": "django flask",
    "test_the_caller_is_found_by_two_queries": "django",
    # Its document is made by the framework that was chosen for the API.
    "test_the_document_names_every_path": "django",
    "test_pages_load_nothing_from_elsewhere": "django",
    "test_every_error_is_documented_as_a_problem": "fastapi flask",
    "test_pages_find_all_they_need_here": "fastapi flask",
    "test_they_can_be_hidden": "fastapi flask",
}
VARIABLE = re.compile(r"#?\s?([A-Z][A-Z0-9_]*)=")

Pair = tuple[Project, Project]
End = Callable[[str], Combination]


def with_sessions(framework: str) -> Combination:
    """The most, with the other kind of accounts."""
    return combination(
        {**all_on(framework).answers, "auth": "session"}, name=f"{framework}-sessions"
    )


@pytest.fixture(params=[all_on, with_sessions, all_off], ids=["all-on", "sessions", "all-off"])
def end(request: pytest.FixtureRequest) -> End:
    """The most, or the least."""
    found: End = request.param
    return found


@pytest.fixture(params=["django", "flask"])
def pair(request: pytest.FixtureRequest, end: End, rendered: Render) -> Pair:
    """The project of two frameworks for the same answers."""
    return rendered(end("fastapi")), rendered(end(request.param))


def shared(found: set[str]) -> set[str]:
    return found.difference(*OWN.values())


def test_what_is_at_the_root(pair: Pair) -> None:
    one, other = (shared({path.parts[0] for path in each.paths}) for each in pair)
    assert one == other


@pytest.mark.parametrize("folder", [".github", "deploy", "tests"])
def test_what_is_in_a_folder(pair: Pair, folder: str) -> None:
    one, other = (
        shared({str(path) for path in each.paths if path.parts[0] == folder}) for each in pair
    )
    assert one == other


def test_make_targets(pair: Pair) -> None:
    """With what each is said to do, and what it asks for."""
    one, other = (
        re.findall(r"^([a-z][\w-]*):(.*)", each.read("Makefile"), re.MULTILINE) for each in pair
    )
    assert one == other


def test_commands_of_the_readme(pair: Pair) -> None:
    """What a shell is told; Django's program is a file of its own."""
    one, other = (
        [
            line.replace("python manage.py", f"python -m {each.combination.package}")
            for block in re.findall(r"```sh\n(.*?)```", each.read("README.md"), re.DOTALL)
            for line in block.splitlines()
        ]
        for each in pair
    )
    assert one
    assert one == other


def test_variables(pair: Pair) -> None:
    """With their examples, in the same order."""
    one, other = (
        [
            line
            for line in each.read(".env.example").splitlines()
            if (name := VARIABLE.match(line)) and shared({name[1]})
        ]
        for each in pair
    )
    assert one
    assert one == other


def names_of_tests(project: Project) -> set[str]:
    """In whichever module: those of tokens are in another one where there is another way to log in."""
    return {
        name
        for path, text in project.texts.items()
        if path.startswith("tests/test_") and path not in OPTIONS
        for name in re.findall(r"def (test_\w+)", text)
    }


def test_names_of_tests(rendered: Render) -> None:
    having: dict[str, set[str]] = {}
    for end in (all_on, with_sessions):
        found = {name: names_of_tests(rendered(end(name))) for name in OWN}
        everywhere = set.intersection(*found.values())
        assert everywhere
        for test in set.union(*found.values()) - everywhere:
            having.setdefault(test, set()).update(name for name in OWN if test in found[name])
    assert {test: " ".join(sorted(names)) for test, names in having.items()} == TESTS_OF_SOME


def test_compose_services(pair: Pair) -> None:
    one, other = (
        shared({f"{name}:" for name in yaml.safe_load(each.read("compose.yaml"))["services"]})
        if each.combination.facts["has_compose"]
        else set()
        for each in pair
    )
    assert one == other


def test_what_a_framework_has_alone_is_there(rendered: Render) -> None:
    for framework, own in OWN.items():
        project = rendered(all_on(framework))
        there = {str(each) for path in project.paths for each in (path, *path.parents)}
        assert {name for name in own if not (name.isupper() or name.endswith(":"))} <= there
