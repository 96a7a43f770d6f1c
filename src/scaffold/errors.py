"""Everything that can go wrong, with the exit status that the command line gives it.

ScaffoldError                 1: failed, with nothing half-written
├── GitMissing                   there is no git to fetch the template with
├── TemplateFailed               the template in use cannot be rendered
├── NoTransition                 no migration can be written for a change of the answers
├── NotReady                     the project's repository is not in a state to be changed
├── WrkMissing                   there is no wrk to make load with
├── MeasuringFailed              a service could not be measured
└── UsageError                2: bad usage or a bad answer
    ├── BadAnswer                the value given for an option cannot be used
    ├── MissingAnswer            an option without a default was left open
    ├── UnknownOption            there is no option of that name
    ├── UnknownQuestion          the interview has no question of that name
    ├── NoSkeleton               the framework is recommended, but there is no skeleton for it
    ├── BadAnswersFile           --answers names nothing that can be read as answers
    ├── BadDestination           the project cannot be put there
    ├── BadProject               there is no project there that follows a template
    ├── BadName                  a feature cannot be called so
    ├── BadField                 what was typed is no field
    ├── NotOffered               this project has no place for what was asked of a feature
    └── BadSource                there is no template at that source or ref
Stopped                 130, 143: the user or the system ended the run
"""


class ScaffoldError(Exception):
    """A failure to report in a sentence: what, why, and what to do about it."""

    status = 1


class GitMissing(ScaffoldError):
    """No git binary was found."""


class TemplateFailed(ScaffoldError):
    """The template in use is broken, or wants something that is never granted to a template."""


class NoTransition(ScaffoldError):
    """No migration can be written that leads a project's databases to what other answers need."""


class NotReady(ScaffoldError):
    """The repository of the project is not in a state in which it can be changed and given back."""


class WrkMissing(ScaffoldError):
    """No wrk was found."""


class MeasuringFailed(ScaffoldError):
    """A service that was to be measured did not start, or did not answer as it should."""


class UsageError(ScaffoldError):
    """The command line, or a file that it names, asks for something that cannot be done."""

    status = 2


class BadAnswer(UsageError):
    """The value given for an option is not one that it takes."""


class MissingAnswer(UsageError):
    """An option that has no default was given no value."""


class UnknownOption(UsageError):
    """The catalogue has no option of that name."""


class UnknownQuestion(UsageError):
    """The interview has no question of that name."""


class NoSkeleton(UsageError):
    """The template in use has no skeleton for the framework that is recommended."""


class BadAnswersFile(UsageError):
    """The file of answers cannot be read, or has the wrong form."""


class BadDestination(UsageError):
    """The project cannot be written where it was asked for."""


class BadProject(UsageError):
    """There is no project there, or what it remembers of its template cannot be used."""


class BadSource(UsageError):
    """No template was found at the source or the ref that was given."""


class BadName(UsageError):
    """A feature cannot have that name."""


class BadField(UsageError):
    """What was typed as a field is none, or cannot be called so."""


class NotOffered(UsageError):
    """The options of the project leave no place for what was asked of a feature."""


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end; asyncio and subprocess let go of things for its base."""
