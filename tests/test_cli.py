"""The command line: what it takes, what it prints, and the status it ends with."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Inside, Runner, commit, contents, git, script

FAST = ("--yes", "--framework", "fastapi", "--no-install", "--no-git")


def test_no_command_shows_help(scaffold: Runner) -> None:
    done = scaffold()
    assert (done.returncode, done.stderr) == (0, "")
    assert "new" in done.stdout
    assert "options" in done.stdout


def test_version(scaffold: Runner) -> None:
    assert scaffold("--version").stdout.startswith("scaffold 0.")
    assert scaffold.json("new", "--version")["version"].startswith("0.")


def test_new_makes_a_project(scaffold: Runner) -> None:
    done = scaffold("new", "demo", *FAST)
    assert (done.returncode, done.stderr) == (0, "")
    project = scaffold.folder / "demo"
    assert "demo" in (project / "README.md").read_text()
    assert "uv lock" in done.stdout
    assert [entry.name for entry in scaffold.folder.iterdir()] == ["demo"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--yes",), 2, ("framework", "--framework NAME", "--answers FILE")),
        ((), 2, ("framework", "--framework NAME", "--answers FILE")),
        (("--framework", "rails"), 2, ('"rails"', "fastapi")),
        (("--framework", "Flask"), 2, ('"Flask"', "did you mean flask? It takes fastapi")),
        ((*FAST, "-d", "databse=sqlite"), 2, ('"databse"', "did you mean database")),
        ((*FAST, "-d", "database=oracle"), 2, ('"oracle"', "sqlite, postgresql")),
        ((*FAST, "-d", "database"), 2, ('"database"', "KEY=VALUE")),
        ((*FAST, "-d", "deploy=kubernetes"), 2, ("kubernetes", "needs database=postgresql")),
        ((*FAST, "-d", "admin=yes"), 2, ("admin: it does not apply", "needs framework=django")),
        ((*FAST, "-d", "package_name=django"), 2, ('package_name: "django"', "library")),
        ((*FAST, "-d", "framework=flask"), 2, ("--framework fastapi", "differ")),
        ((*FAST, "-d", "has_auth=no"), 2, ('no option "has_auth"',)),
        ((*FAST, "-d", "description=a\nb"), 2, ("description:", "line break")),
        ((*FAST, "--colour"), 2, ("--colour",)),
        ((*FAST, "--template", "/nowhere"), 2, ("/nowhere",)),
        ((*FAST, "--template", ""), 2, ("empty",)),
        ((*FAST, "--template", "https://127.0.0.1:9/x.git"), 2, ("127.0.0.1:9",)),
        ((*FAST, "--template", "https://example.com/x"), 2, ("git+",)),
        ((*FAST, "--vcs-ref", "v9"), 2, ('"v9"', "v1.0.0")),
        ((*FAST, "--vcs-ref", "--help"), 2, ("--help",)),
        ((*FAST, "--answers", "none.yml"), 2, ("none.yml", "No such file")),
        ((*FAST, "--answers", "."), 2, ("Is a directory",)),
    ],
)
def test_bad_input_is_refused(
    inside: Inside, arguments: tuple[str, ...], status: int, words: tuple[str, ...]
) -> None:
    done = inside("new", "demo", *arguments)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert not list(inside.folder.iterdir())


@pytest.mark.parametrize(
    ("name", "ours"), [("init", "new"), ("create", "new"), ("upgrade", "update"), ("ls", "options")]
)
def test_what_others_call_a_command_leads_to_ours(inside: Inside, name: str, ours: str) -> None:
    done = inside(name, "demo")
    assert done.returncode == 2
    assert f"Did you mean '{ours}'?" in done.stderr


def test_a_destination_that_is_missing_is_said(inside: Inside) -> None:
    done = inside("new", *FAST)
    assert done.returncode == 2
    assert "the destination is missing" in done.stderr


def test_inside_another_project_it_is_said(inside: Inside) -> None:
    assert inside("new", "demo", *FAST).returncode == 0
    done = inside("new", "demo/inner", *FAST)
    assert done.returncode == 0
    assert f"is inside of {inside.folder / 'demo'}, a project of its own" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "options: [",
        "[]",
        "just words",
        "database: sqlite",
        "options: 3",
        '{"options": {"database": }',
        "purpose: api",
        "interview: [api]",
        "interview: {purpose: rocket}",
        b"\xff\xfe\x00",
    ],
)
def test_a_bad_file_of_answers_is_refused(inside: Inside, text: str | bytes) -> None:
    (inside.folder / "a.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = inside("new", "demo", *FAST, "--answers", "a.yml")
    assert done.returncode == 2
    assert "--answers a.yml" in done.stderr or "rocket" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (inside.folder / "demo").exists()


@pytest.mark.parametrize(
    "text",
    [
        "options:\n  python_version: 3.12\n  deploy: [docker, compose]\n  framework: fastapi\n",
        '{"options": {"python_version": 3.12, "deploy": "docker,compose", "framework": "fastapi"}}',
    ],
)
def test_a_file_of_answers(inside: Inside, text: str) -> None:
    arguments = ("new", "demo", "--answers", "-", "--dry-run", "--json", "-d", "ci=none")
    answers = json.loads(inside(*arguments, typed=text).stdout)["answers"]
    assert answers["python_version"] == "3.12"
    assert answers["deploy"] == ["docker", "compose"]
    assert answers["ci"] == "none"


@pytest.mark.few(3)
@pytest.mark.parametrize("value", ["3.10", "1e3", "null", "no", "2026-01-02", "0x10", "1_000"])
def test_a_value_in_a_file_is_the_text_that_it_is_written_as(inside: Inside, value: str) -> None:
    text = f"options: {{framework: fastapi, description: {value}}}"
    done = inside("new", "demo", "--answers", "-", "--dry-run", "--json", typed=text)
    assert json.loads(done.stdout)["answers"]["description"] == value


def test_a_flag_beats_the_file(inside: Inside) -> None:
    text = "options: {framework: fastapi, database: postgresql}"
    done = inside(
        "new", "a", "--answers", "-", "--dry-run", "--json", "-d", "database=sqlite", typed=text
    )
    assert json.loads(done.stdout)["answers"]["database"] == "sqlite"


@pytest.mark.parametrize("name", ["../x", "a/../b", "", "  ", "a" * 300, "a\tb", "x" * 100])
def test_a_bad_destination_is_refused(inside: Inside, name: str) -> None:
    done = inside("new", name, *FAST)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not list(inside.folder.iterdir())


def test_a_destination_with_dots_is_told_what_it_means(inside: Inside) -> None:
    assert str(inside.folder.parent / "x") in inside("new", "../x", *FAST).stderr


def test_a_destination_that_is_taken_is_refused(inside: Inside) -> None:
    (inside.folder / "file").write_text("mine")
    (inside.folder / "full").mkdir()
    (inside.folder / "full" / "notes.txt").write_text("mine")
    (inside.folder / "dangling").symlink_to("nowhere")
    before = contents(inside.folder)
    for name, word in (
        ("file", "file"),
        ("full", "notes.txt"),
        ("dangling", "file"),
        ("file/x", "not a folder"),
    ):
        done = inside("new", name, *FAST)
        assert (done.returncode, word in done.stderr) == (2, True), done.stderr
    assert contents(inside.folder) == before


def test_a_destination_that_cannot_be_written_to(inside: Inside) -> None:
    done = inside("new", "/proc/demo", *FAST)
    assert done.returncode == 1
    assert "/proc" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_git_is_refused_before_writing(scaffold: Runner, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    done = scaffold("new", "demo", *FAST, PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "git was not found" in done.stderr
    assert not list(scaffold.folder.iterdir())


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ["with space", "Größe", "deep/er/demo", "'quoted'", "a.b-c"])
def test_unusual_paths_work(inside: Inside, name: str) -> None:
    done = inside("new", name, *FAST, "-d", "package_name=demo")
    assert done.returncode == 0, done.stderr
    answers = yaml.safe_load((inside.folder / name / ".copier-answers.yml").read_text())
    assert answers["project_name"] == Path(name).name


def test_a_name_without_ascii_needs_a_package_name(inside: Inside) -> None:
    done = inside("new", "日本語", *FAST)
    assert done.returncode == 2
    assert "--data package_name=VALUE" in done.stderr
    assert inside("new", "日本語", *FAST, "-d", "package_name=nihongo").returncode == 0


def test_json_is_one_object_and_nothing_is_asked(inside: Inside) -> None:
    done = inside("--json", "new", "demo", "--framework", "fastapi", "--no-install", "--trust")
    result = json.loads(done.stdout)
    assert result["project"] == "demo"
    assert result["destination"] == str(inside.folder / "demo")
    assert result["template"]["ref"] == "v1.0.0"
    assert set(result["files"]) <= set(contents(inside.folder / "demo"))
    assert {step["name"]: step["status"] for step in result["steps"]} == {
        "lock": "skipped",
        "install": "skipped",
        "repository": "done",
        "commit": "done",
    }
    assert "uv lock" in result["next_steps"]
    assert "ok commit" in done.stderr


def test_json_of_a_failure(inside: Inside) -> None:
    assert inside.json("new", "demo", "--yes")["error"]["status"] == 2
    assert inside.json("new", "--no-such-flag")["error"]["type"] == "UsageError"


def test_quiet_says_nothing(scaffold: Runner) -> None:
    done = scaffold("new", "demo", *FAST, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_dry_run_writes_nothing(inside: Inside) -> None:
    done = inside("new", "demo", "--yes", "--framework", "fastapi", "--dry-run", "--trust")
    assert "pyproject.toml" in done.stdout
    assert "uv lock; uv sync; git init" in done.stdout
    assert not list(inside.folder.iterdir())


@pytest.mark.few(1)
@pytest.mark.parametrize("differing", [(), ("-d", "database=postgresql", "-d", "deploy=none")])
def test_the_command_makes_the_same_again(scaffold: Runner, differing: tuple[str, ...]) -> None:
    text = 'He said "hi" & it\'s $(fine)'
    first = scaffold.json("new", "demo", *FAST, "-d", f"description={text}", *differing)
    words = shlex.split(first["command"])
    assert words[:2] == ["scaffold", "new"]
    named = {word.partition("=")[0] for word in words if "=" in word}
    # Beside what was chosen there are the name, which has no default, and what a machine suggests.
    suggested = {"project_name", "author_name", "author_email", "python_version"}
    assert named == suggested | {"description"} | {
        each.partition("=")[0] for each in differing[1::2]
    }
    assert words[words.index("--vcs-ref") + 1] == "v1.0.0"
    words[2] = str(scaffold.folder / "again")
    again = scaffold.json(*words[1:], "--no-install", "--no-git")
    assert again["answers"] == first["answers"]
    assert contents(scaffold.folder / "again") == contents(scaffold.folder / "demo")


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "text",
    [
        'He said "hi"',
        "{{ 7*7 }}",
        "{% raw %}",
        "a: b # c",
        "back\\slash \\n",
        '"""',
        "'''",
        "$(touch x) `id`",
        "<b>&amp;</b>",
        "- [ ] *x* _y_",
        "ünï ✓ 日本",
        "null",
    ],
)
def test_hostile_answers_arrive_intact(inside: Inside, text: str) -> None:
    result = inside.json("new", "demo", *FAST, "-d", f"description={text}")
    recorded = yaml.safe_load((inside.folder / "demo" / ".copier-answers.yml").read_text())
    assert result["answers"]["description"] == text
    assert recorded["description"] == text


def test_implied_choices_are_announced(inside: Inside) -> None:
    done = inside("new", "demo", *FAST, "-d", "deploy=compose")
    assert "deploy: docker, due to compose" in done.stdout
    assert (inside.folder / "demo" / "Dockerfile").is_file()


def test_the_author_comes_from_git(inside: Inside) -> None:
    answers = inside.json("new", "demo", *FAST)["answers"]
    assert answers["author_name"] == "Ada Lovelace"
    assert answers["author_email"] == "ada@example.com"
    assert answers["python_version"] == f"3.{sys.version_info.minor}"


@pytest.mark.slow
def test_plain_copier_writes_identical_files(scaffold: Runner, own_template: Path) -> None:
    whole = ("--template", str(own_template))
    answers = scaffold.json("new", "demo", *FAST, *whole, "-d", "deploy=compose,docker")["answers"]
    data = scaffold.folder / "answers.yml"
    data.write_text(yaml.safe_dump(answers))
    plain = ("copy", "--quiet", "--defaults", "--data-file", data.name, str(own_template), "plain")
    done = scaffold.server.run("copier", plain, scaffold.folder, scaffold.environment)
    assert done.returncode == 0, done.stderr
    made = contents(scaffold.folder / "demo")
    assert "without an interview" in made.pop("docs/decisions/0001-framework.md").decode()
    assert contents(scaffold.folder / "plain") == made


def test_inside_another_repository(scaffold: Runner) -> None:
    git(scaffold.folder, "init", "--quiet")
    fast = ("--yes", "--framework", "fastapi", "--no-install", "--trust")
    result = scaffold.json("new", "demo", *fast)
    assert not (scaffold.folder / "demo" / ".git").exists()
    assert "inside the repository" in result["steps"][2]["detail"]


@pytest.mark.parametrize("configuration", ["", "[user]\nuseConfigOnly = true\n"])
def test_a_commit_that_cannot_be_made_leaves_the_project(
    inside: Inside, tmp_path: Path, configuration: str
) -> None:
    hook = script(tmp_path / "hooks" / "pre-commit", "echo the hook says no >&2\nexit 1")
    config = tmp_path / "config"
    config.write_text(
        configuration or f"[user]\nname=A\nemail=a@b.c\n[core]\nhooksPath={hook.parent}\n"
    )
    done = inside(
        "new",
        "demo",
        "--yes",
        "--framework",
        "fastapi",
        "--no-install",
        "--trust",
        GIT_CONFIG_GLOBAL=str(config),
    )
    assert done.returncode == 0
    assert "!! commit" in done.stdout
    assert "git add --all . && git commit" in done.stdout
    assert (inside.folder / "demo" / ".git").is_dir()


def test_a_failing_uv_leaves_the_project(scaffold: Runner, tmp_path: Path) -> None:
    uv = script(tmp_path / "bin" / "uv", "echo no network >&2\nexit 2")
    path = f"{uv.parent}:{scaffold.environment['PATH']}"
    done = scaffold("new", "demo", "--yes", "--framework", "fastapi", "--trust", PATH=path)
    assert done.returncode == 0
    assert "!! lock: no network" in done.stdout
    assert "uv sync" in done.stdout
    assert 'git commit -m "Lock the dependencies" uv.lock' in done.stdout
    assert git(scaffold.folder / "demo", "status", "--porcelain") == ""


def test_options_lists_what_the_catalogue_has(inside: Inside) -> None:
    listed = {each["id"]: each for each in inside.json("options", "fastapi")["options"]}
    assert listed["framework"]["required"]
    assert listed["database"]["default"] == "sqlite"
    kubernetes = next(
        choice for choice in listed["deploy"]["choices"] if choice["value"] == "kubernetes"
    )
    assert "database=postgresql" in kubernetes["ruled_out"]
    assert "database" in inside("options").stdout
    assert inside("options", "rails").returncode == 2


def test_options_says_what_rules_a_question_or_a_choice_out(inside: Inside) -> None:
    def ruled_out(*framework: str) -> dict[str, str | None]:
        listed = {each["id"]: each for each in inside.json("options", *framework)["options"]}
        servers = {each["value"]: each["ruled_out"] for each in listed["server"]["choices"]}
        return {"admin": listed["admin"]["ruled_out"], **servers}

    lacking = "it does not apply with framework=fastapi: it needs framework=django"
    assert ruled_out("fastapi")["admin"] == lacking
    assert ruled_out("django")["admin"] is None
    assert ruled_out("fastapi")["uvicorn"] is None
    assert "framework=fastapi" in str(ruled_out("django")["uvicorn"])
    assert str(ruled_out()["admin"]).startswith(lacking)
    assert str(ruled_out()["uvicorn"]).startswith("with django: uvicorn needs framework=fastapi")
    assert str(ruled_out()["gunicorn"]).startswith("with fastapi: gunicorn needs framework=django")
    assert ruled_out()["granian"] is None


def test_options_shows_a_yes_or_no_as_it_is_answered(inside: Inside) -> None:
    assert "admin  (yes or no, default: yes)" in inside("options", "django").stdout


def test_a_choice_without_a_title_of_its_own_is_shown_once(inside: Inside) -> None:
    lines = [line.split() for line in inside("options").stdout.splitlines()]
    assert ["3.11"] in lines
    assert ["3.11", "3.11"] not in lines


def test_help_is_not_cut(inside: Inside) -> None:
    assert "…" not in inside("--help", COLUMNS="80").stdout
    assert "..." not in inside("--help", COLUMNS="80").stdout.replace("[ARGS]...", "")


def test_a_closed_pipe_is_no_failure_to_shout_about(scaffold: Runner) -> None:
    command = f"{shlex.join(scaffold.command)} options | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command],
        env=scaffold.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["recommend", "recommend --answers -", "new x --dry-run"])
def test_closed_input_is_no_traceback(scaffold: Runner, command: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{shlex.join(scaffold.command)} {command} <&-"],
        env=scaffold.environment,
        cwd=scaffold.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", ">/dev/full"])
def test_output_that_cannot_be_written_is_no_traceback(scaffold: Runner, closed: str) -> None:
    command = f"{shlex.join(scaffold.command)} options {closed}"
    done = subprocess.run(
        ["sh", "-c", command],
        env=scaffold.environment,
        cwd=scaffold.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == (1 if "full" in closed else 0)


def test_answers_that_are_nested_too_deeply_are_refused(scaffold: Runner) -> None:
    (scaffold.folder / "deep.json").write_text("[" * 100_000)
    done = scaffold("new", "x", "--yes", "--answers", "deep.json")
    assert done.returncode == 2
    assert "deep.json" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.few(4)
@pytest.mark.parametrize("stream", ["text", "json"])
@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x9b", "\x7f", "\r", "\u202e", "\u2066"])
def test_what_is_shown_is_not_obeyed(inside: Inside, character: str, stream: str) -> None:
    hostile = f"a{character}[31mb"
    as_json = ("--json",) if stream == "json" else ()
    (inside.folder / hostile).mkdir()
    (inside.folder / hostile / f"held{character}").touch()
    runs = [
        inside("new", hostile, *FAST, *as_json),
        inside("new", "demo", *FAST, "-d", f"{hostile}=x", *as_json),
        inside("new", "demo", *FAST, "-d", f"database={hostile}", *as_json),
        inside("new", "demo", *FAST, "--template", hostile, *as_json),
        inside("new", "demo", *FAST, "--vcs-ref", hostile, *as_json),
        inside("new", "demo", *FAST, "--answers", hostile, *as_json),
        inside("recommend", "--answers", "-", *as_json, typed=f'{{"purpose": "{hostile}"}}'),
        inside(hostile, *as_json),
        inside("new", "demo", *FAST, f"--{hostile}", *as_json),
    ]
    for run in runs:
        assert run.returncode == 2
        assert character not in run.stdout + run.stderr


def test_files_of_a_template_are_listed_as_they_are_named(
    inside: Inside, changed_template: Path
) -> None:
    (changed_template / "templates" / "fastapi" / "a\x1b[31m\x9bb\nok done").touch()
    commit(changed_template, "Add a file", "v2.0.0")
    for as_json in ((), ("--json",)):
        fast = ("demo", "--template", str(changed_template), "--dry-run")
        done = inside.fast(*fast, *as_json)
        assert done.returncode == 0, done.stderr
        assert not set("\x1b\x9b") & set(done.stdout + done.stderr)
        assert "\nok done" not in done.stdout
