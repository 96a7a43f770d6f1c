"""What an operator relies on in the image, the compose file and the manifests, and no linter looks for."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from combinations import combination, everything

from .conftest import Project, Render

HAVING = {
    fact: [each for each in everything() if each.facts[fact]]
    for fact in ("has_docker", "has_compose", "has_kubernetes", "has_github", "has_gitlab")
}


@pytest.fixture(params=HAVING["has_docker"], ids=str)
def imaged(request: pytest.FixtureRequest, rendered: Render) -> Project:
    return rendered(request.param)


@pytest.fixture(params=HAVING["has_compose"], ids=str)
def composed(request: pytest.FixtureRequest, rendered: Render) -> Project:
    return rendered(request.param)


@pytest.fixture(params=HAVING["has_kubernetes"], ids=str)
def clustered(request: pytest.FixtureRequest, rendered: Render) -> Project:
    return rendered(request.param)


@pytest.fixture(params=HAVING["has_github"], ids=str)
def checked(request: pytest.FixtureRequest, rendered: Render) -> Project:
    return rendered(request.param)


@pytest.fixture(params=HAVING["has_gitlab"], ids=str)
def twins(request: pytest.FixtureRequest, rendered: Render) -> tuple[Project, Project]:
    """A project on GitLab, and the same one on GitHub."""
    answers = {**request.param.answers, "ci": "github"}
    return rendered(request.param), rendered(combination(answers, name=f"{request.param}-github"))


def manifest(project: Project, name: str) -> Any:
    return yaml.safe_load(project.read(f"deploy/kubernetes/{name}.yaml"))


def test_the_image_has_modes_of_its_own(imaged: Project) -> None:
    """Not those of the checkout: its files may be for their owner alone."""
    *_, build, final = re.split(r"^FROM ", imaged.read("Dockerfile"), flags=re.MULTILINE)
    assert "RUN chmod -R a+rX ." in build
    assert "COPY" not in build.partition("RUN chmod")[2]
    copied = re.findall(r"^COPY (\S+)", final, re.MULTILINE)
    assert copied
    assert set(copied) == {"--from=build"}


def test_every_service_of_compose_has_limits(composed: Project) -> None:
    services = yaml.safe_load(composed.read("compose.yaml"))["services"]
    without = [
        name
        for name, service in services.items()
        if not {"cpus", "mem_limit", "pids_limit"} <= set(service)
    ]
    assert without == []


def test_a_proxy_keeps_slow_clients_away(composed: Project) -> None:
    file = yaml.safe_load(composed.read("compose.yaml"))
    services = file["services"]
    assert [name for name in services if "ports" in services[name]] == ["proxy"]
    (network,) = file["networks"]["default"]["ipam"]["config"]
    assert f":-{network['subnet']}}}" in services["web"]["environment"]["TRUSTED_PROXIES"]
    nginx = file["configs"]["proxy"]["content"]
    assert {"client_header_timeout 10s;", "client_body_timeout 10s;"} <= set(
        map(str.strip, nginx.splitlines())
    )
    # It has requests whole, and drops headers with underscores, unless it is told otherwise.
    assert "proxy_request_buffering" not in nginx
    assert "underscores_in_headers" not in nginx


def test_nginx_takes_its_configuration(rendered: Render, tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if not nginx:
        pytest.skip("nginx is not installed")
    file = yaml.safe_load(rendered(HAVING["has_compose"][0]).read("compose.yaml"))
    content = (
        file["configs"]["proxy"]["content"].replace("$$", "$").replace("/tmp/", f"{tmp_path}/")
    )
    (tmp_path / "nginx.conf").write_text(content, encoding="utf-8")
    command = [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_service_is_no_superuser_of_its_database(composed: Project) -> None:
    file = yaml.safe_load(composed.read("compose.yaml"))
    if "database" not in file["services"]:
        pytest.skip("SQLite has no roles")
    role = urlsplit(file["services"]["web"]["environment"]["DATABASE_URL"]).username
    made = file["services"]["database"]["environment"]
    if composed.combination.facts["has_mysql"]:
        # Its image makes a user for the one database, and the superuser's password is nobody's.
        assert made["MYSQL_USER"] == role != "root"
        assert {name for name in made if "ROOT" in name} == {"MYSQL_RANDOM_ROOT_PASSWORD"}
        return
    superuser = made.get("POSTGRES_USER", "postgres")
    roles = file["configs"]["roles"]["content"]
    assert role != superuser
    assert f'CREATE ROLE "{role}" LOGIN' in roles
    assert f'OWNER "{role}"' in roles
    assert "SUPERUSER" not in roles.upper()
    # It has the password of the service until it is taken away.
    assert f"ALTER ROLE {superuser} PASSWORD NULL" in roles


def test_pods_reach_what_they_need_alone(clustered: Project) -> None:
    policy = manifest(clustered, "networkpolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "networkpolicy.yaml" in manifest(clustered, "kustomization")["resources"]
    selected = policy["podSelector"]["matchLabels"].items()
    for name in ("deployment", "migrate"):
        labels = manifest(clustered, name)["spec"]["template"]["metadata"]["labels"]
        assert selected <= labels.items()
    ports = {each["port"] for rule in policy["egress"] for each in rule["ports"]}
    mail = {587, 465} if clustered.combination.facts["has_auth"] else set()
    database = 3306 if clustered.combination.facts["has_mysql"] else 5432
    assert ports == {53, database} | mail
    assert policy["ingress"] == [{"ports": [{"port": "http"}]}]


def test_known_vulnerabilities_are_looked_for(checked: Project) -> None:
    assert ["uv audit --locked"] in commands(workflow(checked))


def workflow(project: Project) -> dict[str, Any]:
    """The jobs of GitHub's workflow."""
    jobs: dict[str, Any] = yaml.safe_load(project.read(".github/workflows/ci.yml"))["jobs"]
    return jobs


def pipeline(project: Project) -> dict[str, Any]:
    """The jobs of GitLab's pipeline."""
    file = yaml.safe_load(project.read(".gitlab-ci.yml"))
    return {name: job for name, job in file.items() if "script" in job}


def commands(jobs: dict[str, Any]) -> list[list[str]]:
    """What the jobs of a workflow run, but for what brings uv, which the image of a pipeline has."""
    runs = ([step["run"] for step in job["steps"] if "run" in step] for job in jobs.values())
    return [[line for line in lines if not line.startswith("pipx install")] for lines in runs]


def test_what_is_checked_at_every_push_is_make_check(checked: Project) -> None:
    sync, *found = commands(workflow(checked))[0]
    rules = dict(re.findall(r"^([a-z]+):.*\n((?:\t.*\n)+)", checked.read("Makefile"), re.MULTILINE))
    (parts,) = re.findall(r"^check: (.*?) ##", checked.read("Makefile"), re.MULTILINE)
    made = [line.strip() for part in parts.split() for line in rules[part].splitlines()]
    assert sync == "uv sync --locked"
    assert [line.replace(" --locked", "") for line in found] == made


def test_gitlab_checks_what_github_checks(twins: tuple[Project, Project]) -> None:
    gitlab, github = twins
    theirs, ours = workflow(github), pipeline(gitlab)
    assert [job["script"] for job in ours.values()] == commands(theirs)
    assert [job["timeout"] for job in ours.values()] == [
        f"{job['timeout-minutes']} minutes" for job in theirs.values()
    ]
    (matrix,) = ours["check"]["parallel"]["matrix"]
    assert matrix["UV_PYTHON"] == theirs["check"]["strategy"]["matrix"]["python"]
    (uv,) = {
        step["run"]
        for job in theirs.values()
        for step in job["steps"]
        if step.get("run", "").startswith("pipx install")
    }
    image = yaml.safe_load(gitlab.read(".gitlab-ci.yml"))["default"]["image"]
    assert f'pipx install "uv=={image.partition(":")[2].partition("-")[0]}.*"' == uv


def test_gitlab_has_the_services_that_github_has(twins: tuple[Project, Project]) -> None:
    gitlab, github = twins
    theirs, ours = workflow(github)["check"], pipeline(gitlab)["check"]
    services = {service["alias"]: service for service in ours.get("services", [])}
    assert {name: (each["name"], each["variables"]) for name, each in services.items()} == {
        name: (each["image"], each["env"]) for name, each in theirs.get("services", {}).items()
    }
    # There a service is at a port of the machine, here it is a machine of its own.
    assert {
        name: value.replace("@database:", "@127.0.0.1:")
        for name, value in ours.get("variables", {}).items()
    } == {name: value for name, value in theirs["env"].items() if name != "UV_PYTHON"}
