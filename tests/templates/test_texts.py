"""Any name and any text: a project that parses and says what was answered, or a refusal with its reason."""

import ast
import keyword
import re
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from answering import frameworks, questions, render
from combinations import TEXTS, all_on
from conftest import contents, put
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scaffold.errors import BadAnswer
from scaffold.template.context import Origin
from scaffold.template.preview import Template

from .rendering import copied

DEPENDENCIES = {
    "alembic",
    "django",
    "fastapi",
    "flask",
    "granian",
    "pydantic",
    "pytest",
    "sqlalchemy",
    "uvicorn",
    "yaml",
}
FOLDERS = {"tests", "src", "migrations", "docs"}
LEFT_OUT = {"build", "dist", "node_modules", "staticfiles", "venv"}

# What no line of text has: controls, line and paragraph separators, halves of pairs, bidirectional overrides.
characters = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co"),
    exclude_characters="\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
)
SNIPPETS = (
    'He said "hi"',
    "{{ 7*7 }}",
    "{% raw %}",
    "a: b # c",
    "\\",
    "\\n",
    '"""',
    "'''",
    "$(touch x)",
    "`x`",
    "<b>&amp;</b>",
    "- item",
    "# head",
    "![a](b)",
    "*bold*",
    "_it_",
    "[link](http://x)",
    "~",
    "null",
    "123",
    "yes",
    "@x",
    "%s",
    "${{ github.token }}",
    "1. one",
    "+ plus",
    "> quote",
    "| cell",
    "&copy;",
    "--",
    "\\u0041",
    "${HOME}",
    "!tag",
    "?",
    ": x",
    "x:",
    "f{oo}",
    "\u00a0nbsp",
    "e\u0301",
)


def lines(least: int, most: int) -> st.SearchStrategy[str]:
    free = st.text(characters, min_size=least, max_size=most)
    hostile = st.lists(
        st.sampled_from(SNIPPETS) | st.text(characters, max_size=8), min_size=1, max_size=6
    ).map(" ".join)
    return (free | hostile).map(str.strip).filter(lambda text: least <= len(text) <= most)


packages = st.from_regex(r"\A[a-z](?:_?[a-z0-9]){0,20}\Z").filter(
    lambda name: (
        len(name) <= 30
        and not keyword.iskeyword(name)
        and not keyword.issoftkeyword(name)
        and name not in sys.stdlib_module_names
        and name not in DEPENDENCIES | FOLDERS | LEFT_OUT
    )
)


def refusal(**answers: str) -> str:
    """Why the questions' own validators refuse the answers; empty if they do not."""
    given = {**all_on("fastapi").answers, **answers}
    return " ".join(
        filter(None, (render(questions()[name]["validator"], given) for name in answers))
    )


def refused(template: Path, folder: Path, framework: str = "fastapi", **answers: str) -> str | None:
    """Why plain Copier refuses the answers, or nothing and a project in the folder."""
    try:
        copied(template, folder, {**all_on(framework).answers, **answers})
    except ValueError as error:
        return str(error)
    return None


@given(name=packages)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_any_proper_package_name_is_accepted(name: str) -> None:
    reason = refusal(package_name=name)
    assert not reason or "library" in reason


@given(name=st.text(max_size=40) | st.from_regex(r"\A[A-Za-z0-9_./-]{0,35}\Z"))
@settings(max_examples=100, deadline=None)
def test_any_other_package_name_is_refused_with_a_reason(name: str) -> None:
    reason = refusal(package_name=name)
    if not reason:
        assert name.isascii()
        assert name.isidentifier()
        assert len(name) <= 30
        assert not keyword.iskeyword(name)
    else:
        assert ": " in reason


@pytest.mark.parametrize("name", sorted(
    {"", "../x", "/abs", "a b", "1st", "naïve", "Upper", "x" * 31, "x" * 200, "_x", "x-y", "x.y", "x\n", "none\x00"}
    | set(keyword.kwlist)
    | {name for name in sys.stdlib_module_names if not name.startswith("_")}
    | DEPENDENCIES
    | FOLDERS
    | LEFT_OUT
))  # fmt: skip
def test_unusable_package_names(name: str) -> None:
    assert refusal(package_name=name)


@pytest.mark.slow
def test_what_a_project_depends_on_is_no_name_for_it(projects: list[Any]) -> None:
    named = {
        re.split(r"[^A-Za-z0-9_.-]", dependency)[0].lower().replace("-", "_")
        for project in projects
        for group in requirements(tomllib.loads(project.read("pyproject.toml")))
        for dependency in group
    }
    assert [name for name in sorted(named) if not refusal(package_name=name)] == []


@pytest.mark.slow
def test_what_git_the_image_and_the_checks_leave_out_is_no_name(projects: list[Any]) -> None:
    ignored = [
        line.removeprefix("**").strip("/")
        for project in projects
        for name in (".gitignore", ".dockerignore")
        if name in project.contents
        for line in project.read(name).splitlines()
        if not line.startswith(("#", "!"))
    ]
    pyproject = str(projects[0].root / "pyproject.toml")
    ruff = [sys.executable, "-m", "ruff", "check", "--config", pyproject, "--show-settings"]
    settings = subprocess.run([*ruff, pyproject], capture_output=True, text=True, check=True).stdout
    excluded = re.search(r"file_resolver\.exclude = \[(.*?)\]", settings, re.DOTALL)
    assert excluded is not None
    # pytest and djLint leave this one out too.
    names = {*ignored, *re.findall(r'"(.+)"', excluded[1]), "build"}
    assert {"dist", "staticfiles", "venv"} <= names
    accepted = [name for name in sorted(names) if not refusal(package_name=name)]
    assert accepted == []


TITLES = {
    "Çalışma Şeması": "calisma_semasi",
    "Straße": "strasse",
    "Smørrebrød": "smorrebrod",
    "Łódź": "lodz",
    "Đakovo": "dakovo",
    "Þór Ðan": "thor_dan",
    "Æther œuvre": "aether_oeuvre",
    "İSTANBUL": "istanbul",
    "Hồ Chí Minh": "ho_chi_minh",
    "Ñandú": "nandu",
    "Щука и ещё": "shchuka_i_eshche",
    "Київ": "kiiv",
    "Љубав": "ljubav",
    "Αθήνα ψυχή": "athina_psychi",
    "北京 shop": "shop",
    "O’Neil 2": "o_neil_2",
    "日本語": "",
    "a\\N{LATIN SMALL LETTER B}": "a_n_latin_small_letter_b",
}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("title", TITLES)
def test_a_package_is_called_as_the_project_is_in_ascii(title: str, form: Any) -> None:
    named = unicodedata.normalize(form, title)
    slug = render(questions()["package_name"]["default"], {"project_name": named})
    assert slug == TITLES[title]


@pytest.mark.slow
def test_plain_copier_writes_a_title_in_ascii_too(template: Path, tmp_path: Path) -> None:
    answers = dict(all_on("fastapi").answers) | {"project_name": "Çalışma Şeması"}
    del answers["package_name"]
    copied(template, tmp_path / "p", answers)
    assert (tmp_path / "p" / "src" / "calisma_semasi").is_dir()


@given(title=st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_title_gives_a_name_or_nothing(title: str) -> None:
    slug = render(questions()["package_name"]["default"], {"project_name": title})
    assert re.fullmatch(r"(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)*)?", slug)


def requirements(metadata: dict[str, Any]) -> list[list[str]]:
    groups = [
        [entry for entry in group if isinstance(entry, str)]
        for group in metadata.get("dependency-groups", {}).values()
    ]
    extras = list(metadata["project"].get("optional-dependencies", {}).values())
    return [metadata["project"]["dependencies"], *groups, *extras]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("package_name", "../x"),
        ("package_name", "django"),
        ("project_name", ""),
        ("author_email", "x"),
    ],
)
def test_plain_copier_refuses_and_writes_nothing(
    template: Path, tmp_path: Path, question: str, text: str
) -> None:
    reason = refused(template, tmp_path, **{question: text})
    assert reason is not None
    assert question in reason
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("question", ["project_name", "description", "author_name", "author_email"])
@pytest.mark.parametrize(
    "text",
    ["a\nb", "a\rb", "a\0b", "a\x1bb", "a\u2028b", "a\u202eb", "a\ufeffb", "x" * 300, " a", "a "],
)
def test_texts_that_no_line_can_hold_are_refused(question: str, text: str) -> None:
    assert ": " in refusal(**{question: text})


@given(
    text=st.text(max_size=120),
    question=st.sampled_from(["project_name", "description", "author_name"]),
)
@settings(max_examples=100, deadline=None)
def test_a_text_is_accepted_or_refused_with_a_reason(text: str, question: str) -> None:
    reason = refusal(**{question: text})
    if not reason:
        assert text.isprintable() or not re.search(
            r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text
        )
    else:
        assert ": " in reason


def shown(markdown: str) -> str:
    inline = [
        token.children or [] for token in MarkdownIt().parse(markdown) if token.type == "inline"
    ]
    return "\n".join("".join(child.content for child in children) for children in inline)


hostile_answers = st.builds(
    lambda framework, auth, texts: {**all_on(framework).answers, "auth": auth, **texts},
    framework=st.sampled_from(frameworks()),
    auth=st.sampled_from(["jwt", "none"]),
    texts=st.fixed_dictionaries(
        {
            "project_name": lines(1, 80),
            "package_name": packages,
            "description": lines(1, 200),
            "author_name": lines(1, 100),
            "author_email": st.sampled_from(["", "a@example.com", "o+x_y.z@sub.example.org"]),
        }
    ),
)
few = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking renders for minutes
)


def in_memory(preview: Template, answers: dict[str, Any]) -> dict[str, bytes]:
    """The files of a project with these answers, or none if they are refused."""
    try:
        return preview.render(answers, Origin("template"))
    except BadAnswer as error:
        assert "library" in str(error)
        return {}


@pytest.mark.slow
@given(answers=hostile_answers)
@few
def test_any_text_stays_what_it_is(preview: Template, answers: dict[str, Any]) -> None:
    if files := in_memory(preview, answers):
        check_texts(files, {name: answers[name] for name in TEXTS[0]})


@pytest.mark.slow
@given(answers=hostile_answers)
@few
def test_copier_writes_any_text_the_same(
    preview: Template, template: Path, answers: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reason = refused(template, Path(folder), **answers)
        seen = (
            {}
            if reason
            else preview.render(answers, Origin(str(template), folder=Path(folder).name))
        )
        assert contents(Path(folder)) == seen
        assert bool(reason) != bool(in_memory(preview, answers))


def check_texts(files: dict[str, bytes], texts: dict[str, str]) -> None:
    read = {name: content.decode("utf-8") for name, content in files.items()}
    metadata = tomllib.loads(read["pyproject.toml"])["project"]
    assert metadata["description"] == texts["description"]
    assert metadata["authors"][0]["name"] == texts["author_name"]
    readme = shown(read["README.md"])
    assert texts["project_name"] in readme
    assert texts["description"] in readme
    assert texts["author_name"] in read["LICENSE"]
    answers = yaml.safe_load(read[".copier-answers.yml"])
    assert {key: answers[key] for key in TEXTS[0]} == texts
    strings = set()
    for name, text in read.items():
        if name.endswith(".py"):
            nodes = ast.walk(ast.parse(text, name))
            strings |= {node.value for node in nodes if isinstance(node, ast.Constant)}
        elif name.endswith((".yml", ".yaml")):
            list(yaml.safe_load_all(text))
    assert texts["project_name"] in strings
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), files)
        for arguments in (["check"], ["format", "--check"]):
            command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout
