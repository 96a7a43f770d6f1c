"""What a file of answers may be, and that everything else ends at once with a message."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Inside

from scaffold.catalogue import bounded

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
HOSTILE = {
    "references": (LAUGHS, "reference"),
    "a reference to itself": ("&a [*a]", "reference"),
    "a type": ("options: !!python/object/apply:os.system [x]", "type"),
    "a type of YAML": ("options: {database: !!binary aGk=}", "type"),
    "deep lists": ("[" * 200_000, "nest"),
    "deep maps": ("{a: " * 200_000, "nest"),
    "deep blocks": ("".join(f"{' ' * depth}a:\n" for depth in range(800)), "nest"),
    "deep keys": ("? " * 100_000, "nest"),
    "deep JSON": ('{"a":' * 100_000 + "1" + "}" * 100_000, "nest"),
    "less deep JSON": ("[" * 21 + "]" * 21, "nest"),
    "a long number": ("options: {database: " + "1:" * 250_000 + "1}", "characters"),
    "a long text in JSON": ('{"options": {"database": "' + "x" * 20_000 + '"}}', "characters"),
    "two documents": ("options: {}\n---\noptions: {}\n", "neither JSON nor YAML"),
    "too much": ("x" * (bounded.BYTES + 1), "1024 KiB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("parse", [bounded.typed, bounded.untyped])
def test_what_no_answers_need_is_refused_at_once(parse: Callable[[str], object], kind: str) -> None:
    text, said = HOSTILE[kind]
    began = time.monotonic()
    with pytest.raises(ValueError, match=said):
        parse(bounded.read(io.BytesIO(text.encode())))
    assert time.monotonic() - began < 10


@pytest.mark.few(6)
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("from_stdin", [True, False])
def test_the_command_line_says_so(inside: Inside, kind: str, from_stdin: bool) -> None:
    text, said = HOSTILE[kind]
    (inside.folder / "a.yml").write_text(text)
    name = "-" if from_stdin else "a.yml"
    for command in (("new", "demo", "--yes"), ("recommend",)):
        done = inside(*command, "--answers", name, typed=text if from_stdin else None)
        assert done.returncode == 2
        assert said in done.stderr
        assert len(done.stderr) < 1000


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero")
def test_a_file_without_an_end_is_refused(inside: Inside) -> None:
    done = inside("new", "demo", "--yes", "--answers", "/dev/zero")
    assert (done.returncode, "1024 KiB" in done.stderr) == (2, True)


@pytest.mark.parametrize("value", ["{a: b}", "[[a]]", "[{a: b}]"])
def test_an_answer_is_a_value_or_a_list_of_values(inside: Inside, value: str) -> None:
    for section in ("options", "interview"):
        text = f"{section}: {{purpose: {value}}}"
        done = inside("new", "demo", "--yes", "--answers", "-", typed=text)
        assert (done.returncode, '"purpose" is neither' in done.stderr) == (2, True)


@pytest.mark.parametrize("date", ["2026-99-99", "1" * 5000])
def test_what_python_cannot_make_of_a_value_is_an_error_too(date: str) -> None:
    with pytest.raises(ValueError):
        bounded.typed(f"a: {date}")


def test_an_answers_file_of_the_template_has_the_same_bounds(
    inside: Inside, changed_template: Path
) -> None:
    for file in changed_template.rglob("*copier_conf.answers_file*"):
        file.write_text("a: &a [x]\nb: *a\n")
    done = inside.fast(
        "demo", "--template", str(changed_template), "--vcs-ref", "HEAD", "--allow-dirty"
    )
    assert (done.returncode, "reference" in done.stderr) == (1, True)
    assert not list(inside.folder.iterdir())
