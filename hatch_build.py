"""What is made while a wheel is built: the report's templates, compiled for the Jinja that is installed then.

In come the templates, out go modules in the wheel, which Python keeps compiled. Where the build stands alone, without
what lasthop needs to run, there are none; then they are compiled whenever a page is written, as in a checkout.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledTemplates(BuildHookInterface[Any]):
    """Adds the compiled templates to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile them into a folder that is there for as long as the wheel is built."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from analyzer.report.page import compile_templates  # noqa: PLC0415
            from analyzer.report.precompiled import folder_in_the_wheel  # noqa: PLC0415
        except ImportError:
            return
        finally:
            sys.path.remove(self.root)
        self._folder = tempfile.TemporaryDirectory()
        compile_templates(Path(self._folder.name))
        build_data["force_include"][self._folder.name] = f"analyzer/_data/{folder_in_the_wheel()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Take the folder away."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()
