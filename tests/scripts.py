"""The programs in `docs/`, as modules."""

import importlib.util
from types import ModuleType

from conftest import ROOT


def script(name: str) -> ModuleType:
    """The program of that name."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
