"""Shows what the command line costs beside what it stands on: medians of ratios, taken in turns.

Run it with the interpreter that scaffold is installed for: python benchmarks/cost.py [ROUNDS]
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str], folder: Path) -> float:
    """Return how long a command takes, from the outside."""
    start = time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def compare(name: str, ours: list[str], theirs: list[str], limit: float, rounds: int) -> bool:
    """Take both in turns, print the median of the ratios, and return whether it is within the limit."""
    ratios, times = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            mine = seconds(ours, Path(folder))
            ratios.append(mine / seconds(theirs, Path(folder)))
            times.append(mine)
    ratio = statistics.median(ratios)
    print(f"{name}: {ratio:.2f} (at most {limit}); {statistics.median(times):.2f} s")
    return ratio <= limit


def main() -> int:
    """Compare help and a recommendation with what they import, and a new project with plain Copier."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    python, programs = sys.executable, Path(sys.executable).parent
    scaffold, copier = str(programs / "scaffold"), str(programs / "copier")
    with tempfile.TemporaryDirectory() as place:
        template = Path(place) / "template"
        template.mkdir()
        shutil.copy(ROOT / "copier.yml", template)
        shutil.copytree(ROOT / "templates", template / "templates")
        identity = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.com"]
        for arguments in (
            ["init", "--quiet"],
            ["add", "."],
            ["commit", "--quiet", "-m", "Release"],
        ):
            subprocess.run(["git", *identity, *arguments], cwd=template, check=True)
        subprocess.run(["git", "tag", "v1.0.0"], cwd=template, check=True)
        os.environ["SCAFFOLD_TEMPLATE"] = str(template)
        fast = ["--yes", "--framework", "fastapi", "--no-install", "--no-git"]
        data = ["--data", "project_name=demo", "--data", "framework=fastapi"]
        answers = Path(place) / "answers.yml"
        answers.write_text("{purpose: api, load: high, team: [async-typing]}")
        plain = [copier, "copy", "--quiet", "--defaults", *data, str(template), "plain"]
        within = [
            compare(
                "help / import typer",
                [scaffold, "--help"],
                [python, "-c", "import typer"],
                1.5,
                rounds,
            ),
            compare("new / copier copy", [scaffold, "new", "demo", *fast], plain, 1.3, rounds),
        ]
        # From here the template is the one that comes with the program.
        del os.environ["SCAFFOLD_TEMPLATE"]
        within.append(
            compare(
                "recommend / import typer, yaml",
                [scaffold, "recommend", "--answers", str(answers), "--json"],
                [python, "-c", "import typer, yaml"],
                1.5,
                rounds,
            )
        )
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
