"""Templates of other times: their questions, their files and what a project of theirs was asked."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml
from answering import ROOT, Answers
from packaging.version import Version
from pathspec import GitIgnoreSpec

ROWS: dict[str, str] = tomllib.loads((ROOT / "releases.toml").read_text())
RELEASES = [f"v{version}" for version in sorted(ROWS, key=Version)]


@dataclass(frozen=True, eq=False)
class Template:
    """A template as it lies in a folder, read without Copier."""

    root: Path

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All of `copier.yml`."""
        loaded: dict[str, Any] = yaml.safe_load((self.root / "copier.yml").read_text())
        return loaded

    @cached_property
    def questions(self) -> dict[str, dict[str, Any]]:
        """What is asked, and the facts."""
        return {name: body for name, body in self.settings.items() if not name.startswith("_")}

    def asked(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The questions alone."""
        return ((n, body) for n, body in self.questions.items() if body.get("when") is not False)

    def choices(self, name: str) -> set[Any]:
        """The values of a question that has choices."""
        listed = self.questions[name].get("choices", {})
        values = listed.values() if isinstance(listed, dict) else listed
        return {value["value"] if isinstance(value, dict) else value for value in values}

    def fitting(self, answers: Answers) -> dict[str, Any]:
        """These answers as far as this template has their questions and choices."""
        fitting: dict[str, Any] = {}
        for name, answer in answers.items():
            if name not in self.questions:
                continue
            choices = self.choices(name)
            if isinstance(answer, list):
                fitting[name] = [each for each in answer if each in choices]
            elif not choices or answer in choices:
                fitting[name] = answer
        return fitting

    def context(self, answers: Answers) -> dict[str, Any]:
        """The answers with the defaults of what they leave open, and the facts."""
        known = dict(answers)
        for name, body in self.questions.items():
            if name not in known:
                known[name] = self._typed(body, self.rendered(str(body.get("default", "")), known))
        return known

    def refused(self, context: Mapping[str, Any]) -> list[str]:
        """What Copier would say of these answers; what is refused falls back to its default."""
        said = []
        for name, body in self.asked():
            if self.rendered(str(body.get("when", True)), context) == "True":
                answer = context[name]
                picked = answer if isinstance(answer, list) else [answer]
                validators = [body.get("validator", "")]
                validators += [v for value, v in self._validators(name) if value in picked]
                said += [self.rendered(text, context).strip() for text in validators]
        return [each for each in said if each]

    def _validators(self, name: str) -> list[tuple[Any, str]]:
        listed = self.questions[name].get("choices", {})
        values = listed.values() if isinstance(listed, dict) else ()
        return [(v["value"], v.get("validator", "")) for v in values if isinstance(v, dict)]

    def excluded(self, context: Mapping[str, Any]) -> GitIgnoreSpec:
        """What `_exclude` comes to."""
        patterns = [self.rendered(each, context) for each in self.settings["_exclude"]]
        return GitIgnoreSpec.from_lines(patterns)

    def files(self, answers: Answers) -> dict[str, Path]:
        """The files of a project with these answers, and where each comes from."""
        context = self.context(answers)
        excluded = self.excluded(context)
        return {
            path: file
            for path, file in self.places(context).items()
            if not excluded.match_file(path)
        }

    def places(self, context: Mapping[str, Any]) -> dict[str, Path]:
        """Every file of the framework by its place in the project, excluded or not."""
        named = {**context, "_copier_conf": {"answers_file": ".copier-answers.yml"}}
        places = self._places[str(context["framework"])]
        return {self.rendered(place, named): file for place, file in places.items()}

    @cached_property
    def _places(self) -> dict[str, dict[str, Path]]:
        found: dict[str, dict[str, Path]] = {}
        for folder in self.root.glob("templates/[!_]*"):
            files = (file for file in folder.rglob("*") if file.is_file())
            places = {str(file.relative_to(folder)): file for file in files}
            found[folder.name] = {n.removesuffix(".jinja"): file for n, file in places.items()}
        return found

    def rendered(self, text: str, context: Mapping[str, Any]) -> str:
        """A text as Copier renders it."""
        if "{" not in text:
            return text
        if text not in self._compiled:
            self._compiled[text] = self._environment.from_string(text)
        return self._compiled[text].render(context)

    @cached_property
    def _compiled(self) -> dict[str, jinja2.Template]:
        return {}

    @cached_property
    def _environment(self) -> jinja2.Environment:
        named = {**self.settings["_envops"], "undefined": jinja2.StrictUndefined}
        return jinja2.Environment(
            autoescape=False,
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
            loader=jinja2.FileSystemLoader(self.root),
            **named,
        )

    def _typed(self, body: Mapping[str, Any], text: str) -> Any:
        return yaml.safe_load(text) if body["type"] == "bool" or body.get("multiselect") else text


NOW = Template(ROOT)


def is_migration(path: str) -> bool:
    """Whether a file of a project is one that databases have run."""
    return bool(re.search(r"(^|/)migrations/.*\d{4}_\w+\.py$", path))
