"""What the user's git is told, by configuration and by variables, changes nothing of what is made."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Inside, contents, git

HOOK = "#!/bin/sh\necho the hook ran >&2\nexit 1\n"
HOOKS = ("post-checkout", "post-merge", "reference-transaction", "pre-commit")
CONFIGURATION = {
    "bare repositories": "[safe]\nbareRepository = explicit\n",
    "hooks": "[core]\nhooksPath = {folder}/hooks\n",
    "a template of repositories": "[init]\ntemplateDir = {folder}/repository\n",
    "line ends": "[core]\nautocrlf = true\nattributesFile = {folder}/attributes\n",
    "objects": "[init]\ndefaultObjectFormat = sha256\n",
    "signatures": "[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n[gpg]\nprogram = false\n",
    "columns": "[column]\nui = always\n[color]\nui = always\n[core]\nabbrev = 30\n",
    "names": "[clone]\ndefaultRemoteName = upstream\nrejectShallow = true\n",
    "hidden references": "[transfer]\nhideRefs = refs/tags\n",
    "untracked files": "[status]\nshowUntrackedFiles = no\n",
    "other places": '[url "https://127.0.0.1:9/"]\ninsteadOf = /\ninsteadOf = file://\n',
    "protocols": "[protocol]\nallow = never\n",
}
VARIABLES = {
    "another repository": {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "/x"},
    "another format": {"GIT_DEFAULT_HASH": "sha256"},
    "another namespace": {"GIT_NAMESPACE": "other"},
    "only one protocol": {"GIT_ALLOW_PROTOCOL": "https", "GIT_PROTOCOL_FROM_USER": "0"},
    "paths as they are": {"GIT_LITERAL_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "0"},
    "a template of repositories": {"GIT_TEMPLATE_DIR": "{folder}/repository"},
    "configuration": {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
    },
    "a language": {"LANGUAGE": "de", "LC_ALL": "de_DE.UTF-8"},
}
KINDS = ("path", "bundle", "address")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What hostile configuration refers to."""
    made = tmp_path / "hostile"
    for hooks in (made / "hooks", made / "repository" / "hooks"):
        hooks.mkdir(parents=True)
        for name in HOOKS:
            (hooks / name).write_text(HOOK)
            (hooks / name).chmod(0o755)
    (made / "attributes").write_text("* text eol=crlf\n")
    return made


def source(kind: str, template: Path) -> str:
    if kind == "bundle":
        bundle = template.parent / "given.bundle"
        git(template, "bundle", "create", "--quiet", str(bundle), "HEAD", "--all")
        return str(bundle)
    return f"git+file://{template}" if kind == "address" else str(template)


def made(inside: Inside, name: str, source: str, variables: Mapping[str, str]) -> dict[str, bytes]:
    done = inside.fast(name, "-d", "project_name=Demo", "--template", source, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return contents(inside.folder / name)


def written(folder: Path, settings: str) -> dict[str, str]:
    """Return the variable that gives git this configuration, after an identity."""
    file = folder / "config"
    identity = "[user]\nname = Ada Lovelace\nemail = ada@example.com\n"
    file.write_text(identity + settings.replace("{folder}", str(folder)))
    return {"GIT_CONFIG_GLOBAL": str(file)}


def filled(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    return {name: value.replace("{folder}", str(folder)) for name, value in variables.items()}


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_it_changes_a_project(
    inside: Inside, changed_template: Path, folder: Path, kind: str
) -> None:
    given = source(kind, changed_template)
    plain = made(inside, "plain", given, {})
    # What the user's own git may not fetch stays where it is.
    settings = [
        each
        for name, each in CONFIGURATION.items()
        if kind != "address" or name not in ("protocols", "other places", "hidden references")
    ]
    variables: dict[str, str] = {}
    for name, each in VARIABLES.items():
        if kind != "address" or name != "only one protocol":
            variables |= filled(each, folder)
    hostile = made(inside, "hostile", given, variables | written(folder, "".join(settings)))
    assert hostile == plain
    assert inside.json("options", "--template", given, **variables)["options"]


@pytest.mark.slow
@pytest.mark.matrix
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", [*CONFIGURATION, *VARIABLES])
def test_each_of_it_alone(
    inside: Inside, changed_template: Path, folder: Path, kind: str, what: str
) -> None:
    if (kind, what) == ("address", "hidden references"):
        pytest.skip("the user's own git serves that address, and says nothing of its releases")
    given = source(kind, changed_template)
    plain = made(inside, "plain", given, {})
    variables = filled(VARIABLES.get(what, {}), folder) | written(
        folder, CONFIGURATION.get(what, "")
    )
    done = inside.fast("demo", "-d", "project_name=Demo", "--template", given, **variables)
    if done.returncode:
        # The user's own git is not to fetch that.
        assert kind == "address"
        assert what in ("protocols", "other places", "only one protocol")
        assert "Traceback" not in done.stderr
    else:
        assert contents(inside.folder / "demo") == plain


def test_what_a_protocol_forbids_is_no_bad_usage(inside: Inside, changed_template: Path) -> None:
    url = f"git+file://{changed_template}"
    done = inside.fast("demo", "--template", url, GIT_ALLOW_PROTOCOL="https")
    assert (done.returncode, "not allowed" in done.stderr) == (1, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.parametrize("trusted", [True, False])
def test_a_repository_of_another_owner(
    inside: Inside, changed_template: Path, tmp_path: Path, trusted: bool
) -> None:
    for path in (changed_template, *changed_template.rglob("*")):
        os.chown(path, 12345, 12345)
    config = written(tmp_path, f"[safe]\ndirectory = {changed_template}\n" if trusted else "")
    done = inside.fast("demo", "--template", str(changed_template), **config)
    if trusted:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert (done.returncode, "safe.directory" in done.stderr) == (1, True)
        assert not list(inside.folder.iterdir())


def test_a_repository_that_cannot_be_read_is_no_folder(
    inside: Inside, changed_template: Path
) -> None:
    (changed_template / ".git" / "HEAD").write_text("nonsense\n")
    done = inside.fast("demo", "--template", str(changed_template))
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True)


def test_files_that_git_is_told_not_to_show_are_changes(
    inside: Inside, changed_template: Path, tmp_path: Path
) -> None:
    (changed_template / "templates" / "fastapi" / "new.txt").write_text("new\n")
    config = written(tmp_path, "[status]\nshowUntrackedFiles = no\n")
    fast = ("demo", "--template", str(changed_template), "--vcs-ref", "HEAD")
    done = inside.fast(*fast, **config)
    assert (done.returncode, "uncommitted" in done.stderr) == (1, True)


def test_changes_are_used_without_an_identity_and_without_what_is_ignored(
    inside: Inside, changed_template: Path, tmp_path: Path
) -> None:
    skeleton = changed_template / "templates" / "fastapi"
    (skeleton / "new.txt").write_text("new\n")
    (skeleton / "new.swp").write_text("mine\n")
    (tmp_path / "ignored").write_text("*.swp\n")
    config = tmp_path / "config"
    config.write_text(f"[core]\nexcludesFile = {tmp_path}/ignored\n")
    fast = ("demo", "--template", str(changed_template), "--vcs-ref", "HEAD", "--allow-dirty")
    done = inside.fast(*fast, GIT_CONFIG_GLOBAL=str(config))
    assert done.returncode == 0, done.stderr
    assert (inside.folder / "demo" / "new.txt").is_file()
    assert not (inside.folder / "demo" / "new.swp").exists()


@pytest.mark.slow
@pytest.mark.parametrize("bare", [True, False])
def test_a_template_with_longer_names_of_objects(
    inside: Inside, changed_template: Path, bare: bool
) -> None:
    shutil.rmtree(changed_template / ".git")
    git(changed_template, "init", "--quiet", "--object-format=sha256")
    git(changed_template, "add", "--all")
    git(changed_template, "commit", "--quiet", "--message", "Release")
    git(changed_template, "tag", "v1.0.0")
    given = str(changed_template)
    if bare:
        given = str(changed_template.parent / "bare.git")
        git(changed_template, "clone", "--quiet", "--bare", ".", given)
    done = inside.fast("demo", "--template", given)
    assert (done.returncode, done.stderr) == (0, "")
