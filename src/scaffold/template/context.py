"""What the texts of a template are rendered with: the answers, and what Copier tells beside them."""

import sys
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import PurePosixPath
from secrets import token_hex
from typing import Any, NamedTuple

from scaffold.catalogue import bounded, values
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers

# As `scaffold new` calls Copier.
_CALLED: Mapping[str, Any] = {
    "cleanup_on_error": True,
    "conflict": "inline",
    "context_lines": 3,
    "defaults": True,
    "exclude": (),
    "os": {"darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform),
    "overwrite": False,
    "pretend": False,
    "quiet": True,
    "sep": "/",
    "skip_answered": False,
    "skip_if_exists": (),
    "skip_tasks": False,
    "unsafe": False,
    "use_prereleases": False,
    "user_defaults": {},
}


class Origin(NamedTuple):
    """What a project knows of where it comes from.

    `recorded` is what it remembers the template by, `version` what it calls the template's version,
    `ref` the commit that Copier is asked for, and `folder` the name of the project's own folder.
    """

    recorded: str
    version: str | None = None
    ref: str | None = None
    folder: str = "project"


def context(catalogue: Catalogue, options: Answers, origin: Origin) -> dict[str, Any]:
    """Return what is known wherever something is rendered.

    Raises:
        BadAnswer, MissingAnswer: if the questions do not take these answers.
        TemplateFailed: if a question cannot be rendered.
    """
    settings = catalogue.settings
    given = deepcopy(dict(options))
    known, kept = _answered(catalogue, given)
    identity = {"_commit": origin.version} if origin.version else {}
    identity["_src_path"] = origin.recorded
    configuration = {
        **_CALLED,
        "answers_file": "",
        "data": given,
        "dst_path": PurePosixPath(origin.folder),
        "src_path": PurePosixPath(origin.recorded),
        "vcs_ref": origin.ref,
        "vcs_ref_hash": origin.ref,
    }
    found = {
        "make_secret": lambda: token_hex(64),
        "now": lambda: datetime.now(UTC),
        # They are files of a project that was there before.
        "_external_data": {name: {} for name in settings.get("external_data", {})},
        **given,
        **known,
        **identity,
        "_copier_answers": identity
        | {name: known[name] for name in (given | known) if name in kept},
        "_copier_conf": configuration,
        "_copier_phase": "render",
        "_copier_python": sys.executable,
        "_folder_name": origin.folder,
    }
    named = catalogue.text(settings.get("answers_file", ".copier-answers.yml"), found)
    configuration["answers_file"] = PurePosixPath(named)
    return found


def _answered(catalogue: Catalogue, given: Answers) -> tuple[dict[str, Any], set[str]]:
    """Return every answer and fact, and the names of those that a project remembers."""
    secret = catalogue.settings.get("secret_questions", [])
    known: dict[str, Any] = {}
    kept: set[str] = set()
    for option in catalogue.every:
        applies = catalogue.applies(option, known)
        if option.name in given:
            answer = catalogue.check(option, given[option.name], known)
        elif applies:
            answer = catalogue.suggestion(option, {}, known)
        elif option.has_default:
            answer = catalogue.default(option, known)
            if option.choices:
                answer = values.choose(option, answer, catalogue.choices(option, known))
        else:
            continue
        if option.type in ("yaml", "json") and isinstance(answer, str):
            answer = bounded.typed(answer)
        known[option.name] = answer
        if applies and not (option.is_secret or option.name in secret):
            kept.add(option.name)
    return known, kept
