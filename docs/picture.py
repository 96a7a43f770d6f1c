"""Draws docs/recommendation.svg: what `scaffold recommend` shows on a terminal, as it shows it.

Run it with the interpreter that scaffold is installed for: python docs/picture.py
"""

import re
import sys
from io import StringIO
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
ANSWERS = "{purpose: api, team: [async-typing], scope: medium, admin: yes, docs: yes}"
WIDTH = 80


def shown() -> str:
    """Return what a terminal of 80 columns gets, colours included."""
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"echo '{ANSWERS}' | {sys.executable} -m scaffold recommend --answers -"],
        encoding="utf-8",
        dimensions=(24, WIDTH),
    )
    child.expect(pexpect.EOF)
    return str(child.before).replace("\r\n", "\n")


def drawn(text: str) -> str:
    """Return the picture; its font is whatever the viewer has, so that it needs no other host."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text.from_ansi(f"$ scaffold recommend --answers api.yml\n{text}"))
    svg = console.export_svg(title="scaffold recommend", unique_id="recommendation")
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    (HERE / "recommendation.svg").write_text(drawn(shown()), encoding="utf-8")
