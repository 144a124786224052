"""The templates compiled beforehand: in the wheel they lie as modules, which Python keeps compiled.

In comes nothing, out goes what loads them: the modules where they were made for the Jinja that is installed, else the
templates themselves, as in a checkout. `hatch_build.py` makes them; compiling takes longer than filling them.
"""

from importlib.metadata import version
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, ModuleLoader, PackageLoader

from analyzer.shipped import shipped

__all__ = ["compile_into", "folder_in_the_wheel", "templates"]


def folder_in_the_wheel() -> str:
    """Where they lie: what one Jinja wrote another one need not understand."""
    return f"templates-jinja{version('jinja2')}"


def templates() -> BaseLoader:
    """Load them, compiled where they are."""
    written, compiled = PackageLoader("analyzer.report"), shipped(folder_in_the_wheel())
    return ChoiceLoader([ModuleLoader(compiled), written]) if compiled.is_dir() else written


def compile_into(folder: Path, environment: Environment) -> None:
    """Compile them all; nothing is worked out beforehand, for it may be said in another language."""
    plainly = environment.overlay(optimized=False, loader=PackageLoader("analyzer.report"))
    plainly.compile_templates(folder, extensions=["j2"], zip=None, ignore_errors=False)
