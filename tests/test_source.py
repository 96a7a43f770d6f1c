"""Where the template comes from, and that what is recorded can be updated from: for each source."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from conftest import NEWS, README, ROOT, Inside, Runner, announce, commit, contents, git, release
from forking import Server

from scaffold.deciding import record

# A proxy that refuses at once stands for no network where there is no right to take it away.
OFFNEWS = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "ALL_PROXY")}


def alone(command: list[str]) -> list[str]:
    """Return the command without a network, where this machine lets it be taken away."""
    unshared = ["unshare", "--net", "--map-root-user"]
    if (
        shutil.which("unshare")
        and not subprocess.run([*unshared, "true"], capture_output=True, check=False).returncode
    ):
        return [*unshared, *command]
    return command


def recorded(project: Path) -> dict[str, object]:
    answers: dict[str, object] = yaml.safe_load((project / ".copier-answers.yml").read_text())
    return answers


def edit(project: Path) -> None:
    """Commit the project if it is not yet, and change a file as its owner would."""
    if not (project / ".git").exists():
        git(project, "init", "--quiet")
        commit(project, "Start")
    for name in ("pyproject.toml", "README.md", record.PATH):
        file = project / name
        file.write_text(f"# mine\n{file.read_text()}")
    commit(project, "Edit")


Update = Callable[[Path, dict[str, str]], None]


@pytest.fixture(scope="session")
def offline(light_template: Path, _nothing_of_the_developers: None) -> Iterator[Server]:
    """What programs are forked from that have no network."""
    started = Server(light_template, through=alone([]))
    yield started
    started.close()


@pytest.fixture
def update(offline: Server) -> Update:
    """Runs plain `copier update`, and looks for the edit and the news."""

    def update(project: Path, environment: dict[str, str]) -> None:
        done = offline.run("copier", ["update", "--defaults"], project, environment | OFFNEWS)
        assert done.returncode == 0, done.stderr
        readme = (project / "README.md").read_text()
        assert NEWS in readme
        assert "<<<<<<<" not in readme
        assert readme.startswith("# mine\n")
        for name in ("pyproject.toml", record.PATH):
            assert (project / name).read_text().startswith("# mine\n")

    return update


@pytest.fixture
def checkout(changed_template: Path) -> Path:
    """A copy of the repository: the template's release with the program beside it."""
    shutil.copytree(ROOT / "src", changed_template / "src", ignore=_CACHES)
    for name in ("CHANGELOG.md", "hatch_build.py", "LICENSE"):
        shutil.copy(ROOT / name, changed_template)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = re.sub(r'^version = ".+"$', 'version = "0.1.0"', project, flags=re.MULTILINE)
    (changed_template / "pyproject.toml").write_text(project, encoding="utf-8")
    (changed_template / "README.md").write_text("# A copy\n")
    shutil.copy(ROOT / ".gitignore", changed_template)
    git(changed_template, "tag", "--delete", "v1.0.0")
    commit(changed_template, "Add the program", "v0.1.0")
    return changed_template


_CACHES = shutil.ignore_patterns("__pycache__", "*.bundle")


@pytest.fixture
def in_checkout(scaffold: Runner, checkout: Path) -> Runner:
    """The program, run from a checkout."""
    environment = scaffold.environment | {"PYTHONPATH": str(checkout / "src")}
    del environment["SCAFFOLD_TEMPLATE"]
    return replace(scaffold, environment=environment)


@pytest.mark.few(1)
@pytest.mark.parametrize("how", ["path", "relative", "variable", "bundle", "home"])
def test_a_given_template_can_be_updated_from(
    inside: Inside, changed_template: Path, update: Update, how: str
) -> None:
    home = Path(inside.environment["HOME"])
    bundle = home / "given.bundle"

    def pack() -> None:
        git(changed_template, "bundle", "create", "--quiet", str(bundle), "HEAD", "--all")

    pack()
    relative = os.path.relpath(changed_template, inside.folder)
    flags, variables, source = {
        "path": (["--template", str(changed_template)], {}, str(changed_template)),
        "relative": (["--template", relative], {}, str(changed_template)),
        "variable": ([], {"SCAFFOLD_TEMPLATE": str(changed_template)}, str(changed_template)),
        "bundle": (["--template", str(bundle)], {}, str(bundle)),
        "home": (["--template", "~/given.bundle"], {}, "~/given.bundle"),
    }[how]
    fast = ("--yes", "--framework", "fastapi", "--no-install")
    done = inside("new", "demo", *fast, *flags, **variables)
    assert done.returncode == 0, done.stderr
    project = inside.folder / "demo"
    assert recorded(project)["_src_path"] == source
    assert recorded(project)["_commit"] == "v1.0.0"
    edit(project)
    release(changed_template, "v1.1.0")
    pack()
    update(project, inside.environment)
    assert recorded(project)["_commit"] == "v1.1.0"


def test_the_newest_release_is_taken(inside: Inside, changed_template: Path) -> None:
    for tag in ("v1.9.0", "v1.10.0", "v2.0.0rc1", "zebra"):
        release(changed_template, tag)
    result = inside.json(
        "new", "demo", "--dry-run", "--framework", "fastapi", "--template", str(changed_template)
    )
    assert result["template"]["ref"] == "v1.10.0"


@pytest.mark.few(1)
@pytest.mark.parametrize("ref", ["v1.0.0", "main", "HEAD", "sha"])
def test_a_ref_can_be_named(inside: Inside, changed_template: Path, ref: str) -> None:
    release(changed_template, "v1.1.0")
    wanted = git(changed_template, "rev-parse", "HEAD") if ref == "sha" else ref
    done = inside.fast("demo", "--template", str(changed_template), "--vcs-ref", wanted)
    assert done.returncode == 0, done.stderr
    found = NEWS in (inside.folder / "demo" / "README.md").read_text()
    assert found == (ref != "v1.0.0")


def test_the_catalogue_is_the_one_of_the_ref(inside: Inside, changed_template: Path) -> None:
    catalogue = changed_template / "copier.yml"
    catalogue.write_text(f"{catalogue.read_text()}\nnewcomer: {{type: str, default: here}}\n")
    commit(changed_template, "Ask more", "v1.1.0")
    template = ("--template", str(changed_template))
    listed = [each["id"] for each in inside.json("options", *template)["options"]]
    assert listed[-1] == "newcomer"
    old = inside.json("options", *template, "--vcs-ref", "v1.0.0")["options"]
    assert "newcomer" not in [each["id"] for each in old]


@pytest.mark.slow
def test_a_url_is_recorded_as_it_is(inside: Inside, changed_template: Path, update: Update) -> None:
    url = f"git+file://{changed_template}"
    done = inside.fast("demo", "--template", url)
    assert done.returncode == 0, done.stderr
    project = inside.folder / "demo"
    assert recorded(project)["_src_path"] == url
    edit(project)
    release(changed_template, "v1.1.0")
    update(project, inside.environment)
    assert not (Path(inside.environment["HOME"]) / "none").exists()


def test_a_folder_without_history_warns(inside: Inside, changed_template: Path) -> None:
    shutil.rmtree(changed_template / ".git")
    done = inside.fast("demo", "--template", str(changed_template))
    assert done.returncode == 0
    assert "cannot be updated" in done.stderr


@pytest.mark.parametrize("flag", ["--no-install", "--dry-run"])
def test_a_folder_with_a_pipe_is_refused_and_not_waited_for(inside: Inside, flag: str) -> None:
    (inside.folder / "pipes/templates").mkdir(parents=True)
    (inside.folder / "pipes/copier.yml").write_text("color: {type: str, default: red}\n")
    os.mkfifo(inside.folder / "pipes/templates/pipe")
    done = inside("new", "demo", "--template", "pipes", "--yes", flag)
    assert done.returncode == 1
    assert "templates/pipe is a pipe, a socket or a device: move it away" in done.stderr


@pytest.mark.parametrize("document", ["README.md", "templates/_shared/README.md.jinja"])
def test_an_option_of_several_values_is_changed_as_it_is_documented(document: str) -> None:
    spelled = re.findall(r"-d '(\w+=\[[^']*\])'", (ROOT / document).read_text())
    assert spelled
    assert {each.replace("KEY=[ONE, TWO]", "deploy=[docker, compose]") for each in spelled} <= {
        "deploy=[docker, compose]",
        "deploy=[]",
    }


@pytest.mark.slow
@pytest.mark.parametrize("value", ["[docker, compose]", "[]"])
def test_plain_copier_takes_several_values(inside: Inside, value: str) -> None:
    assert inside.fast("demo").returncode == 0
    project = inside.folder / "demo"
    edit(project)
    command = ("update", "--defaults", "--vcs-ref", ":current:", "-d", f"deploy={value}")
    done = inside.server.run("copier", command, project, inside.environment)
    assert done.returncode == 0, done.stderr
    assert recorded(project)["deploy"] == yaml.safe_load(value)


@pytest.mark.few(4)
@pytest.mark.parametrize("kind", ["folder", "uncommitted", "committed"])
@pytest.mark.parametrize("way", ["absolute", "upwards", "link", "catalogue"])
def test_a_template_reads_its_own_files_alone(
    inside: Inside, changed_template: Path, kind: str, way: str
) -> None:
    secret = changed_template.parent / "secret.yml"
    secret.write_text("name: {type: str, default: a secret}\n")
    catalogue = changed_template / "copier.yml"
    path = {"absolute": str(secret), "upwards": f"templates/../../{secret.name}"}.get(way, "link")
    (changed_template / "link").symlink_to(secret)
    if way == "catalogue":
        catalogue.unlink()
        catalogue.symlink_to(secret)
    else:
        include = f"{{% include '{path}' ignore missing %}}"
        catalogue.write_text(
            f'{catalogue.read_text()}\nread: {{type: str, default: "{include}"}}\n'
        )
    if kind == "folder":
        shutil.rmtree(changed_template / ".git")
    elif kind == "committed":
        commit(changed_template, "Read", "v2.0.0")
    dirty = ("--vcs-ref", "HEAD", "--allow-dirty") if kind == "uncommitted" else ()
    done = inside.fast("demo", "--template", str(changed_template), *dirty)
    assert "Traceback" not in done.stderr
    assert not any(b"a secret" in text for text in contents(inside.folder).values())
    if way in ("absolute", "upwards"):
        assert (done.returncode, "its own files alone" in done.stderr) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("tagged", [True, False])
def test_a_checkout_can_be_updated_from(
    in_checkout: Runner, checkout: Path, update: Update, tagged: bool
) -> None:
    if not tagged:
        git(checkout, "tag", "--delete", "v0.1.0")
    done = in_checkout.fast("demo")
    assert (done.returncode, done.stderr) == (0, "")
    project = in_checkout.folder / "demo"
    assert recorded(project)["_src_path"] == str(checkout)
    edit(project)
    release(checkout, "v0.2.0")
    update(project, in_checkout.environment)


@pytest.mark.slow
def test_a_checkout_is_taken_at_its_head(in_checkout: Runner, checkout: Path) -> None:
    announce(checkout)
    commit(checkout, "Not released")
    (checkout / "notes.txt").write_text("a file that is no part of the template")
    assert in_checkout.fast("demo").returncode == 0
    project = in_checkout.folder / "demo"
    assert NEWS in (project / "README.md").read_text()
    assert re.fullmatch(r"v0\.1\.0-1-g\w+", str(recorded(project)["_commit"]))


@pytest.mark.slow
def test_uncommitted_changes_of_the_template(in_checkout: Runner, checkout: Path) -> None:
    announce(checkout)
    refused = in_checkout.fast("demo")
    assert refused.returncode == 1
    assert "--allow-dirty" in refused.stderr
    assert not list(in_checkout.folder.iterdir())
    allowed = in_checkout.fast("demo", "--allow-dirty", "--json")
    assert allowed.returncode == 0
    assert "cannot be updated" in allowed.stderr
    assert "--vcs-ref HEAD --allow-dirty" in json.loads(allowed.stdout)["command"]
    assert NEWS in (in_checkout.folder / "demo" / "README.md").read_text()


Build = Callable[..., Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds a wheel, or an sdist and the wheel from it, with the environment's own hatchling."""

    def build(tree: Path, *, through_sdist: bool = False) -> Path:
        target = Path(tmp_path / f"dist{len(list(tmp_path.glob('dist*')))}")
        command = [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--directory",
            str(target),
            "--target",
        ]
        if through_sdist:
            subprocess.run([*command, "sdist"], cwd=tree, capture_output=True, check=True)
            archive = next(target.glob("*.tar.gz"))
            # Python has the filter that newer versions want since 3.11.4 alone.
            subprocess.run(["tar", "-xzf", archive, "-C", target], check=True)
            tree = archive.with_name(archive.name.removesuffix(".tar.gz"))
        subprocess.run([*command, "wheel"], cwd=tree, capture_output=True, check=True)
        return next(target.glob("*.whl"))

    return build


def packed(wheel: Path, tmp_path: Path) -> Path:
    """Return a clone of the bundle in a wheel."""
    folder = tmp_path / f"unpacked-{len(list(tmp_path.glob('unpacked-*')))}"
    shutil.unpack_archive(wheel, folder, "zip")
    git(
        tmp_path,
        "clone",
        "--quiet",
        str(folder / "scaffold" / "templates.bundle"),
        str(folder / "clone"),
    )
    return folder / "clone"


def bump(tree: Path, version: str, *, tag: bool) -> None:
    """Release the next version of the program, with news in its template."""
    project = tree / "pyproject.toml"
    project.write_text(
        re.sub(r'(?m)^version = ".*"', f'version = "{version}"', project.read_text())
    )
    announce(tree)
    commit(tree, version, f"v{version}" if tag else None)


@pytest.mark.slow
@pytest.mark.parametrize("tagged", [True, False])
def test_the_bundle_holds_every_release_and_the_template_alone(
    checkout: Path, build: Build, tmp_path: Path, tagged: bool
) -> None:
    if not tagged:
        git(checkout, "tag", "--delete", "v0.1.0")
    bump(checkout, "0.2.0", tag=tagged)
    first = packed(build(checkout), tmp_path)
    second = packed(build(checkout, through_sdist=True), tmp_path)
    assert git(first, "tag").split() == ["v0.1.0", "v0.2.0"]
    assert sorted(os.listdir(first)) == [".git", "copier.yml", "templates"]
    assert git(first, "show-ref", "--tags") == git(second, "show-ref", "--tags")
    assert contents(first / "templates") == contents(checkout / "templates")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["no history", "shallow", "ahead of its release"])
def test_a_tree_of_any_kind_can_be_built(
    checkout: Path, build: Build, tmp_path: Path, kind: str
) -> None:
    tree = checkout
    if kind == "no history":
        shutil.rmtree(checkout / ".git")
    elif kind == "shallow":
        bump(checkout, "0.2.0", tag=False)
        tree = tmp_path / "shallow"
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{checkout}", str(tree))
    else:
        git(checkout, "tag", "--delete", "v0.1.0")
        announce(checkout)
        commit(checkout, "Go on without a new version")
    found = packed(build(tree), tmp_path)
    assert contents(found / "templates") == contents(tree / "templates")


class Installation:
    """A virtual environment into which wheels are installed, one after the other."""

    def __init__(self, scaffold: Runner, folder: Path) -> None:
        """Make the environment, which sees this one's libraries and not its program."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.folder = folder
        site = next(folder.glob("lib/python*/site-packages"))
        libraries = [path for path in sys.path if path.endswith("site-packages")]
        (site / "libraries.pth").write_text("\n".join(libraries))
        environment = dict(scaffold.environment)
        del environment["SCAFFOLD_TEMPLATE"]
        self.site = site
        self.run = replace(
            scaffold,
            environment=environment,
            command=(str(folder / "bin" / "python"), "-m", "scaffold"),
        )

    def install(self, wheel: Path) -> None:
        """Put the wheel's files in place of those of the one before."""
        for old in self.site.glob("scaffold*"):
            shutil.rmtree(old)
        shutil.unpack_archive(wheel, self.site, "zip")


@pytest.fixture
def installation(scaffold: Runner, tmp_path: Path) -> Installation:
    return Installation(scaffold, tmp_path / "environment")


@pytest.mark.slow
@pytest.mark.parametrize("history", [True, False])
def test_a_wheel_and_the_one_after_it(
    installation: Installation, checkout: Path, build: Build, update: Update, history: bool
) -> None:
    run = installation.run
    kept = Path(run.environment["HOME"]) / ".local/share/scaffold/templates.bundle"
    if not history:
        git(checkout, "tag", "--delete", "v0.1.0")
        shutil.rmtree(checkout / ".git")
    old = build(checkout)
    installation.install(old)
    assert run("--version").stdout == "scaffold 0.1.0\n"
    assert kept.is_file()
    advice = run("recommend", "--answers", "-", "--json", typed="purpose: api", PATH="/nowhere")
    assert '"recommended": "fastapi"' in advice.stdout, advice.stderr
    command = alone([*run.command])
    done = replace(run, command=tuple(command)).fast("demo")
    assert (done.returncode, done.stderr) == (0, "")
    project = run.folder / "demo"
    assert recorded(project)["_src_path"] == "~/.local/share/scaffold/templates.bundle"
    made = str(recorded(project)["_commit"])
    assert re.fullmatch(r"v0\.1\.0" if history else r"v0\.1\.1\.dev0\+tree-g[0-9a-f]+", made)
    edit(project)
    if not history:
        git(checkout, "init", "--quiet")
        commit(checkout, "All")
    bump(checkout, "0.2.0", tag=False)
    if not history:
        shutil.rmtree(checkout / ".git")
    installation.install(build(checkout))
    assert run().returncode == 0
    update(project, run.environment)
    newest = kept.read_bytes()
    installation.install(old)
    assert run.fast("older").returncode == 0
    assert kept.read_bytes() == newest
    assert recorded(run.folder / "older")["_commit"] == made
    assert NEWS not in (run.folder / "older" / "README.md").read_text()


@pytest.mark.slow
def test_builds_between_releases_in_any_order(
    installation: Installation, checkout: Path, build: Build
) -> None:
    run = installation.run
    wheels, names = [], []
    for number in (1, 2):
        (checkout / README).write_text(f"# {{{{ project_name }}}}\n\nBuild {number}.\n")
        commit(checkout, f"Go on, {number}")
        wheels.append(build(checkout))
        names.append(f"v0.1.1.dev{number}+git-g{git(checkout, 'rev-parse', 'HEAD')[:10]}")
    for number in (1, 0, 1):
        installation.install(wheels[number])
        shutil.rmtree(run.folder / f"demo{number}", ignore_errors=True)
        done = run.fast(f"demo{number}")
        assert (done.returncode, done.stderr) == (0, "")
        project = run.folder / f"demo{number}"
        assert recorded(project)["_commit"] == names[number]
        assert f"Build {number + 1}." in (project / "README.md").read_text()
    project = run.folder / "demo0"
    git(project, "init", "--quiet")
    commit(project, "Start")

    def copier(*flags: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "copier", "update", "--defaults", *flags]
        return subprocess.run(
            command,
            cwd=project,
            env=run.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    # The newest release is older than this project.
    refused = copier()
    assert (refused.returncode, "downgrading" in refused.stderr) == (1, True)
    assert "Traceback" not in refused.stderr
    assert copier("--prereleases").returncode == 0
    assert recorded(project)["_commit"] == names[1]
    assert "Build 2." in (project / "README.md").read_text()
    commit(project, "Update")
    bump(checkout, "0.2.0", tag=False)
    installation.install(build(checkout))
    assert run().returncode == 0
    assert copier().returncode == 0
    assert recorded(project)["_commit"] == "v0.2.0"
    assert NEWS in (project / "README.md").read_text()


@pytest.mark.slow
def test_a_repository_in_the_metadata_is_recorded_and_not_asked(
    installation: Installation, checkout: Path, build: Build
) -> None:
    url = "https://github.invalid/somebody/scaffold.git"
    project = checkout / "pyproject.toml"
    project.write_text(f'{project.read_text()}\n[project.urls]\nRepository = "{url}"\n')
    announce(checkout)
    commit(checkout, "Name the repository")
    installation.install(build(checkout))
    done = installation.run.fast("demo")
    assert done.returncode == 0, done.stderr
    assert recorded(installation.run.folder / "demo")["_src_path"] == url
    # git finds the commit in the repository by this name, tags or none.
    name = str(recorded(installation.run.folder / "demo")["_commit"])
    assert git(checkout, "rev-parse", name) == git(checkout, "rev-parse", "HEAD")


@pytest.mark.slow
def test_a_home_that_cannot_be_written_to(
    installation: Installation, checkout: Path, build: Build
) -> None:
    installation.install(build(checkout))
    assert installation.run("--help", HOME="/proc").returncode == 0
    done = installation.run("new", "demo", "--yes", "--framework", "fastapi", HOME="/proc")
    assert done.returncode == 1
    assert "templates.bundle" in done.stderr
    assert "Traceback" not in done.stderr
