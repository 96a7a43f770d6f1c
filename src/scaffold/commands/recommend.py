"""The sequence of `scaffold recommend`: the interview, or a file, and what it comes to. Writes nothing."""

import sys
from collections.abc import Mapping

from scaffold.advisor import answers as interview_answers
from scaffold.advisor import rubric as rubrics
from scaffold.advisor import words
from scaffold.advisor.advice import missing, recommend
from scaffold.advisor.rubric import Given, Rubric
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.given import from_file
from scaffold.deciding import fitting
from scaffold.deciding.fitting import FRAMEWORK
from scaffold.errors import MissingAnswer
from scaffold.report import Report
from scaffold.template import opening


def advise(name: str | None, to: Report) -> int:
    """Show what a file of answers recommends, or what is answered now; return the exit status.

    Raises:
        UsageError: if the answers cannot be used, or there is neither a file nor a terminal.
    """
    rubric = rubrics.load()
    with opening.glanced() as found:
        catalogue = Catalogue(found.catalogue(), found.read)
        ruled_out: dict[str, str] = {}
        options: Mapping[str, object] = {}
        if name is not None:
            held = from_file(name, flat=True)
            given = interview_answers.read(rubric, held.interview or {})
            options = held.options
            if FRAMEWORK in options:
                framework = catalogue.option(FRAMEWORK)
                catalogue.check(framework, options[FRAMEWORK], {})
            ruled_out = fitting.ruled_out(catalogue, options)
        else:
            given = _asked(rubric, to)
        advice = recommend(rubric, given, ruled_out)
        if advice is not None:
            advice = fitting.fitted(catalogue, rubric, advice, advice.recommended, options)
            without = advice.recommended not in fitting.frameworks(catalogue)
    if advice is None:
        open_questions = missing(rubric, given)
        to.say("There is too little to go by: answer the purpose, or two questions or more.")
        to.say(f"Open: {', '.join(open_questions)}")
        if to.as_json:
            to.json({"recommended": None, "missing": open_questions})
        return 0
    to.lines(words.lines(rubric, advice, blocks=to.blocks))
    if without:
        to.say()
        to.say(f"This version has no skeleton for {rubric.frameworks[advice.recommended]} yet.")
    if to.as_json:
        to.json(words.as_json(advice))
    return 0


def _asked(rubric: Rubric, to: Report) -> Given:
    if to.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise MissingAnswer(
            "there are no answers to go by: give them with --answers FILE (- for standard input), "
            "or run it on a terminal"
        )
    from scaffold.asking.interview import Interview
    from scaffold.asking.memory import Memory
    from scaffold.asking.walk import walk

    interview = Interview(rubric, {}, Memory())
    walk(interview.steps)
    to.say()
    return interview.given()
