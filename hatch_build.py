"""What is made while a wheel is built: templates compiled for the Jinja that is installed then, and Lark's tables.

In come the templates and grammars, out go modules, which Python keeps compiled, and tables. Where the build stands
alone, without what lasthop needs to run, there are none; then they are made whenever they are needed, as in a checkout.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MadeBeforehand(BuildHookInterface[Any]):
    """Adds what is made beforehand to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make it in folders that are there for as long as the wheel is built."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from analyzer import lark_tables  # noqa: PLC0415
            from analyzer.grammar import save_tables  # noqa: PLC0415
            from analyzer.nginx.text import syntax  # noqa: PLC0415
            from analyzer.report import page, precompiled  # noqa: PLC0415
        except ImportError:
            return
        finally:
            sys.path.remove(self.root)
        templates = self._folder(build_data, precompiled.folder_in_the_wheel())
        page.compile_templates(templates)
        parsers = self._folder(build_data, lark_tables.folder_in_the_wheel())
        save_tables(parsers)
        syntax.save_tables(parsers)

    def _folder(self, build_data: dict[str, Any], name: str) -> Path:
        """A folder that is one of the wheel's."""
        folder = tempfile.TemporaryDirectory()
        self._folders = [*getattr(self, "_folders", []), folder]
        build_data["force_include"][folder.name] = f"analyzer/_data/{name}"
        return Path(folder.name)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Take the folders away."""
        for folder in getattr(self, "_folders", []):
            folder.cleanup()
