"""A terminal that a test types into, and a small template to make projects of."""

import os
import re
import signal
import termios
from collections.abc import Sequence
from pathlib import Path

import pexpect
import yaml
from conftest import Runner, commit, git
from pexpect.fdpexpect import fdspawn

BACK = "\x1b[Z"
DOWN = "\x1b[B"
UP = "\x1b[A"
END = "\x1b[F"
ENTER = "\r"
CTRL_C = "\x03"
_CODES = r"(?:\x1b\[[0-9;?]*[A-Za-z]|[ \r])*"
QUESTIONS = """
_subdirectory: template
_implies: {deploy: {compose: docker}}
project_name: {type: str, help: "Its name?", validator: "{% if ' ' in project_name %}no spaces{% endif %}"}
framework: {type: str, help: "Which framework?", choices: {First: fastapi, Second: flask}}
database: {type: str, help: "Which database?", choices: {Embedded: sqlite, Served: postgresql}, default: sqlite}
cached: {type: bool, help: "With a cache?", default: false}
size: {type: int, help: "How large a cache?", default: 5, when: "{{ cached }}"}
deploy:
  type: str
  help: "Deployed how?"
  multiselect: true
  default: [docker]
  choices:
    Image: docker
    Group: compose
    Cluster: {value: cluster, validator: "{% if database == 'sqlite' %}choose postgresql{% endif %}"}
"""


def small_template(folder: Path) -> Path:
    """Write the questions above as a template with one release."""
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "template" / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    git(folder, "init", "--quiet")
    commit(folder, "Release", "v1.0.0")
    return folder


def plain(shown: str) -> str:
    """Return what was shown without the codes that place and colour it."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


class Terminal:
    """Types into a run of the program and reads what it shows."""

    def __init__(
        self,
        scaffold: Runner,
        template: Path,
        *arguments: str,
        size: tuple[int, int] = (40, 160),
    ) -> None:
        # A terminal would tell where its cursor is; this one cannot, and would be waited for.
        own = {"SCAFFOLD_TEMPLATE": str(template), "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.folder = scaffold.folder
        keyboard, screen = os.openpty()
        termios.tcsetwinsize(screen, size)
        self._run = scaffold.server.start(
            "scaffold",
            arguments,
            scaffold.folder,
            scaffold.environment | own,
            (screen, screen, screen),
            terminal=True,
        )
        os.close(screen)
        self.child = fdspawn(keyboard, encoding="utf-8", timeout=120)

    def see(self, text: str) -> str:
        """Wait for a text and return what came before it."""
        self.child.expect(re.escape(text))
        return str(self.child.before)

    def next(self, prompts: Sequence[str], texts: Sequence[str]) -> str:
        """Wait for a prompt that waits for its answer, or for a text, and return which it is."""
        # An answered prompt is shown once more, with its answer in its line or the next one.
        rest = rf"{_CODES}(\([^)]*\){_CODES})?\n[^\n]*\n"
        open_prompts = [re.escape(each) + rest for each in prompts]
        number = self.child.expect([*open_prompts, *map(re.escape, texts)])
        return [*prompts, *texts][number]

    def type(self, *keys: str) -> None:
        """Send keys, one after the other."""
        for key in keys:
            self.child.send(key)

    def answer(self, prompt: str, *keys: str) -> None:
        """Wait for a prompt and the keys below it, and type."""
        self.see(prompt)
        self.see("Ctrl-C: stop")
        self.type(*keys)

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        self.child.expect(pexpect.EOF)
        return self._run.wait()

    def close(self) -> None:
        """Take the terminal away, and end what still runs."""
        self.child.close()
        self._run.send_signal(signal.SIGKILL)
        self._run.wait()

    def recorded(self) -> dict[str, object]:
        """Return the answers that the project remembers."""
        text = (self.folder / "demo" / ".copier-answers.yml").read_text()
        return {key: value for key, value in yaml.safe_load(text).items() if key[0] != "_"}
