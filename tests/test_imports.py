"""Who may import whom: the layers of the program, and the one module that each library has."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import scaffold

SOURCE = Path(scaffold.__file__).parent
TESTS = Path(__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for path in SOURCE.rglob("*.py")
    if path.stem != "__init__"
)
PACKAGES = {"scaffold", "scaffold.advisor"}
# From the top: a module imports from the layers below its own, and nothing beside it.
LAYERS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"new", "recommend", "options"},
    {"deciding", "ending"},
    {"choosing", "interview", "decision", "generate", "finish", "report"},
    {"conversation", "explain", "skeleton", "render", "installing"},
    {"commands", "prompts", "memory", "answers", "catalogue", "source", "project", "destination"},
    {"advisor.advice", "advisor.influence", "advisor.answers"},
    {"advisor.changes"},
    {"advisor.scores"},
    {"advisor.rubric"},
    {"bundle", "releases", "staging", "conditions", "running"},
    {"address", "bounded", "expressions", "values", "record"},
    {"git", "stopping", "question", "state"},
    {"errors"},
]
ONLY_IN = {
    "typer": {"cli", "commands"},
    "questionary": {"prompts"},
    "prompt_toolkit": {"prompts"},
    "copier": {"render"},
    "plumbum": {"render"},
    "subprocess": {"git", "running"},
    "rich": {"report"},
    "jinja2": {"expressions"},
    "packaging": {"bundle", "releases"},
}
HEAVY = {"copier", "questionary", "prompt_toolkit", "rich", "jinja2", "yaml", "packaging"}


def imported(module: str, *, at_the_top: bool = False) -> set[str]:
    tree = ast.parse((SOURCE / f"{module.replace('.', '/')}.py").read_text())
    names: set[str] = set()
    for node in tree.body if at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in PACKAGES:
            names |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def own(names: set[str]) -> set[str]:
    return {name.removeprefix("scaffold.") for name in names if name.startswith("scaffold.")}


def test_every_module_has_its_layer() -> None:
    assert set(MODULES) == set().union(*LAYERS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    layer = next(number for number, names in enumerate(LAYERS) if module in names)
    below = set().union(*LAYERS[layer + 1 :])
    assert own(imported(module)) <= below


@pytest.mark.parametrize("library", ONLY_IN)
def test_each_library_has_its_module(library: str) -> None:
    users = {
        module
        for module in MODULES
        if library in {name.partition(".")[0] for name in imported(module)}
    }
    assert users <= ONLY_IN[library]


def test_the_advisor_stands_alone() -> None:
    """It is arithmetic: it reads nothing but its own rubric, and knows nothing of the program."""
    advisor = [module for module in MODULES if module.startswith("advisor.")]
    used = set().union(*(own(imported(module)) for module in advisor))
    assert used <= {*advisor, "errors", "question"}


def test_a_recommendation_pays_for_no_more_than_it_uses(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"purpose": "api", "team": ["django"], "load": "high"}')
    code = (
        "import sys; from scaffold import cli; cli.run(['recommend', '--answers', 'a.json', '--json']);"
        "print('\\n'.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert not (HEAVY | {"pydantic"} - {"yaml"}) & set(done.stderr.split()) - {"yaml"}
    assert '"fastapi"' in done.stdout


def test_help_does_not_pay_for_what_it_does_not_use() -> None:
    code = (
        "import sys; from scaffold import cli; cli.run(['--help']);"
        "print('\\n'.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())
    assert "new" in done.stdout


def test_no_test_module_imports_from_another() -> None:
    """What two of them need is a fixture or a module of its own."""
    found = [
        (str(path.relative_to(TESTS)), node.module)
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1][:5] == "test_"
    ]
    assert found == []
