"""Where the template comes from: what is recorded as `_src_path`, and what is read meanwhile.

A repository, a bundle or a URL is looked at once, at one commit: the catalogue is read from that
commit and Copier is told to render it, so the two cannot differ.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scaffold.errors import BadSource, ScaffoldError
from scaffold.template import address, bundle, cloning, releases
from scaffold.template.address import public
from scaffold.template.source import Source

VARIABLE = "SCAFFOLD_TEMPLATE"
_CHECKOUT = Path(__file__).resolve().parents[3]
# The questions of the packed release, beside the bundle: reading them takes no git.
_PACKED = Path(__file__).parents[1]


@contextmanager
def opened(given: str | None, ref: str | None, *, allow_dirty: bool = False) -> Iterator[Source]:
    """Find the template and keep it readable for the length of the block.

    `given` is a source in Copier's terms; without it the environment's is used, else the one that
    came with the program.

    Raises:
        BadSource: if there is no template there, or none at that ref.
        ScaffoldError: if it has uncommitted changes that would be recorded as something else.
    """
    import tempfile

    _named(ref)
    given = given if given is not None else os.environ.get(VARIABLE)
    with tempfile.TemporaryDirectory(prefix="scaffold-", ignore_cleanup_errors=True) as folder:
        if given is not None:
            found = _given(given, ref, allow_dirty, Path(folder))
            yield found._replace(is_own=_is_own(given))
        elif (_CHECKOUT / "copier.yml").is_file():
            yield _checkout(ref, allow_dirty)._replace(is_own=True)
        else:
            yield _bundled(ref, Path(folder))._replace(is_own=True)


@contextmanager
def followed(recorded: str, commit: str, ref: str | None = None) -> Iterator[Source]:
    """Find the template that a project follows and keep it readable for the length of the block.

    It is the newest that the project may have, or the one at `ref`; `commit` is what the project is of.
    What came with the program is read at the program's own version.

    Raises:
        BadSource: if there is no template there any more, or none at that ref.
    """
    import tempfile

    _named(ref)
    with tempfile.TemporaryDirectory(prefix="scaffold-", ignore_cleanup_errors=True) as folder:
        own = _is_own(recorded)
        place = Path(os.path.expanduser(recorded))
        if recorded and place.is_dir() and releases.is_root(place):
            # What is not committed there is of no version that a project could go to.
            newest = "HEAD" if place.resolve() == _CHECKOUT else releases.newest(place)
            known = recorded if recorded.startswith("~") else os.path.normpath(place.absolute())
            yield _at(known, place, ref or newest, {})._replace(is_own=own)
            return
        if own and not (_CHECKOUT / "copier.yml").is_file():
            found = _bundled(None, Path(folder))
            wanted = [commit] if ref is None else [commit, ref]
            if all(releases.commit(found.place, each) for each in wanted):
                found = found if ref is None else found.at(ref)
                rewrites = found.rewrites if recorded == found.recorded else {}
                yield found._replace(recorded=recorded, rewrites=rewrites, is_own=True)
                return
        yield _given(recorded, ref, False, Path(folder, "given"))._replace(is_own=own)


@contextmanager
def glanced() -> Iterator[Source]:
    """Find the questions alone of the template that came with the program; they are read as they stand.

    Raises:
        BadSource: if the environment names another template, and there is none.
    """
    own = next((each for each in (_CHECKOUT, _PACKED) if (each / "copier.yml").is_file()), None)
    if own is None or os.environ.get(VARIABLE) is not None:
        with opened(None, None, allow_dirty=True) as found:
            yield found
    else:
        yield Source(str(own), own)


def _named(ref: str | None) -> None:
    """Refuse a ref without a name, such as a variable that is not set: it would be the newest."""
    if ref == "":
        raise BadSource("--vcs-ref is empty: give a tag, a branch or a commit, or leave it out")


def _checkout(ref: str | None, allow_dirty: bool) -> Source:
    if not releases.is_root(_CHECKOUT):
        return _folder(str(_CHECKOUT), _CHECKOUT, ref)
    owned = ("copier.yml", "templates")
    return _repository(str(_CHECKOUT), _CHECKOUT, ref or "HEAD", allow_dirty, owned)


def _bundled(ref: str | None, folder: Path) -> Source:
    installed = bundle.install()
    if installed is None:
        raise ScaffoldError(
            "this installation of scaffold has no template: install the package again, "
            "or give --template SOURCE"
        )
    repository = cloning.mirror(installed, folder, ScaffoldError)
    wanted = ref or bundle.own()
    different = bundle.different()
    if wanted in different:
        raise ScaffoldError(
            f"{bundle.RECORDED} has another template by the name of {wanted}, which projects were "
            "made from, so it stays: move that file away, or give --template SOURCE"
        )
    # A tree that no commit has is nowhere but in the bundle.
    url = None if bundle.is_local(wanted) else bundle.repository_url()
    recorded = url or bundle.RECORDED
    rewrites = cloning.rewrites(url, repository) if url else {}
    found = _at(recorded, repository, wanted, rewrites)
    warnings = (f"{bundle.RECORDED} keeps another {name}" for name in different)
    return found._replace(warnings=tuple(warnings))


def _given(given: str, ref: str | None, allow_dirty: bool, folder: Path) -> Source:
    if not given:
        raise BadSource("the template source is empty: give a git URL or a path")
    found = address.parse(given)
    if found is not None and not Path(given).exists():
        repository = cloning.fetched(found, folder)
        rewrites = cloning.rewrites(found.url, repository)
        known = _at(found.recorded, repository, ref or releases.newest(repository), rewrites)
        said = (
            f"the credentials of {found.recorded} are in no file of the project: to update it, let "
            "git know them (git help credentials)"
        )
        return known._replace(warnings=(said,) if found.has_credentials else ())
    try:
        place = Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise ScaffoldError(f"{public(given)}: {error}") from error
    recorded = given if given.startswith("~") else os.path.normpath(place)
    if place.is_file():
        repository = cloning.mirror(place, folder)
        return _at(recorded, repository, ref or releases.newest(repository), {})
    if place.is_dir():
        if releases.is_root(place):
            wanted = ref or releases.newest(place)
            return _repository(recorded, place, wanted, allow_dirty, ())
        return _folder(recorded, place, ref)
    hint = (
        "a git URL that ends in .git or begins with git+" if "://" in given else "a path or git URL"
    )
    raise BadSource(f"there is no template at {public(given)}: give {hint}")


def _is_own(given: str) -> bool:
    """Return whether it is the checkout, the bundle or the repository that this program came with."""
    place = Path(os.path.expanduser(given))
    if place.exists():
        own = [_CHECKOUT] if (_CHECKOUT / "copier.yml").is_file() else []
        kept = Path(os.path.expanduser(bundle.RECORDED))
        return place.resolve() in [*own, kept.resolve()]
    url, found = bundle.repository_url(), address.parse(given)
    packed = None if url is None else address.parse(url)
    return found is not None and packed is not None and found.url == packed.url


def _repository(
    recorded: str, place: Path, ref: str, allow_dirty: bool, owned: tuple[str, ...]
) -> Source:
    if ref != "HEAD" or not releases.dirty(place, owned):
        return _at(recorded, place, ref, {})
    if not allow_dirty:
        raise ScaffoldError(
            f"the template in {place} has uncommitted changes, which no project could be updated "
            "from: commit them, or give --allow-dirty"
        )
    warning = "the template has uncommitted changes: this project cannot be updated"
    return Source(recorded, place, "HEAD", releases.describe(place, "HEAD"), {}, (warning,))


def _folder(recorded: str, place: Path, ref: str | None) -> Source:
    if ref is not None:
        raise BadSource(f"{recorded} has no history, so it has no ref {ref}: leave --vcs-ref out")
    warning = "the template is a folder without history: this project cannot be updated"
    return Source(recorded, place, warnings=(warning,))


def _at(recorded: str, place: Path, ref: str, rewrites: Mapping[str, Path]) -> Source:
    commit = releases.commit(place, ref)
    if commit:
        return Source(recorded, place, commit, releases.describe(place, commit), rewrites)
    tags = releases.tags(place)
    known = f"its releases are {', '.join(tags[-10:])}" if tags else "it has no releases yet"
    raise BadSource(f'{recorded} has no ref "{ref}": {known}')
