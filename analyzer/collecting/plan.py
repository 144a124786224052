"""What would be read and run, before anything of it is: a value that a person can look at and refuse.

In: what somebody asks for. Out: a `Plan`. The hard thing: to know which logs there are, nginx must be asked for its
config, and docker for its containers; what was asked is part of the plan, and `nginx -T` is not asked twice.
"""

import re
from collections.abc import Sequence
from dataclasses import field
from glob import glob
from pathlib import Path

from analyzer.collecting.config_files import config_files
from analyzer.collecting.nginx_logs import Built, LeftOut, built_of, logs_of
from analyzer.collecting.reading import leads_to
from analyzer.collecting.rotated import files_of
from analyzer.collecting.running import Bounds, Command, Ran, run
from analyzer.collecting.services import Service, commands_for
from analyzer.collecting.window import Window
from analyzer.frozen import dataclass
from analyzer.gathering import reason
from analyzer.nginx import Config, ConfigText, read_config

__all__ = ["LogFile", "Plan", "Wanted", "make_plan"]

_ELSEWHERE = frozenset({"docker", "podman", "nerdctl", "kubectl", "ssh", "lxc", "incus"})
"""What runs nginx elsewhere: its paths are not this machine's."""
_MOST_FILES = 200
_UNPACKED = re.compile(r"\.(?:gz|bz2|xz|zst)$")
_LOOKING = Bounds(part=16 << 20, seconds=20)
_SUDO = "Run it with sudo: nginx's config, its keys and its logs are root's on most machines."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: `nginx` are the words that run it, `files` logs by their path."""

    window: Window
    services: Sequence[Service] = ()
    files: Sequence[str] = ()
    nginx: tuple[str, ...] = ("nginx",)
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file to read: what it is called in the bundle, where it lies, how long it is now."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is read and run. `ran` is what was run to find that out; the config is in the bundle as it came then."""

    wanted: Wanted
    ran: tuple[tuple[Command, Ran], ...]
    files: tuple[LogFile, ...]
    commands: tuple[Command, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def config(self) -> tuple[Command, Ran] | None:
        """`nginx -T`, where it answered."""
        return next(((command, ran) for command, ran in self.ran if command.name and ran.output), None)


def make_plan(wanted: Wanted) -> Plan:
    """Look what there is. Nothing is changed, and no log is read."""
    return _Looking(wanted).plan()


class _Looking:
    """Asks nginx and those who keep logs, and remembers what was asked."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._ran: list[tuple[Command, Ran]] = []
        self._left_out: list[LeftOut] = []
        self._files: dict[Path, LogFile] = {}

    def plan(self) -> Plan:
        """Put it together."""
        self._look_at_nginx()
        for path in self._wanted.files:
            self._take(Path(path).absolute(), "files")
        commands, unknown = commands_for(self._wanted.services, self._wanted.window, self._ask)
        left_out = (*self._left_out, *unknown)
        return Plan(self._wanted, tuple(self._ran), tuple(self._files.values()), tuple(commands), left_out)

    def _ask(self, command: Command) -> Ran:
        known = next((ran for asked, ran in self._ran if asked == command), None)
        if known is not None:
            return known
        ran = run(command, _LOOKING)
        self._ran.append((command, ran))
        return ran

    def _look_at_nginx(self) -> None:
        words = self._wanted.nginx
        told = self._ask(Command("", (*words, "-V")))
        if told.broke:
            self._left_out.append(
                LeftOut(words[0], told.broke, "Name it: --nginx PATH, or --nginx 'docker exec NAME nginx'.")
            )
            return
        built = built_of(told.said, words)
        dump = self._ask(Command("nginx/nginx-T.txt", (*words, "-T")))
        here = Path(words[0]).stem not in _ELSEWHERE
        config = self._config(dump, built, here=here)
        files, elsewhere = logs_of(config, built)
        self._left_out += elsewhere
        for pattern in files if here else ():
            self._take_pattern(pattern)
        if not here:
            hint = "--service NAME takes what a container prints."
            self._left_out.append(LeftOut("nginx's log files", f"lie where {words[0]} runs nginx", hint))

    def _config(self, dump: Ran, built: Built, *, here: bool) -> Config:
        """The config as nginx prints it; where it refuses, as it lies on disk."""
        if dump.output:
            return read_config([ConfigText("nginx/nginx-T.txt", dump.output.decode("utf-8", "replace"))])
        self._left_out.append(LeftOut("nginx -T", f"gives no config: {dump.broke or dump.last_words}", _SUDO))
        main = Path(built.whole(built.conf_path))
        texts, lies = config_files(main) if here else ([], {})
        for path, place in lies.items():
            self._add(path, "nginx", place)
        return read_config(texts)

    def _take_pattern(self, pattern: str) -> None:
        found = [pattern] if glob(pattern) == [] else sorted(glob(pattern))  # noqa: PTH207  nginx's path as a pattern
        for each in found:
            self._take(Path(each), "nginx/logs")

    def _take(self, log: Path, folder: str) -> None:
        """Take a log and what was rotated away of it."""
        try:
            parts = files_of(log, self._wanted.window)
        except OSError as error:
            hint = _SUDO if isinstance(error, PermissionError) else "Check the path, and whether its folder is there."
            self._left_out.append(LeftOut(str(log), f"cannot be looked for: {reason(error)}", hint))
            return
        for part in parts:
            self._add(part, folder, part)
        if log not in self._files:
            why = "holds nothing of these hours" if log.exists() else "is not there"
            self._left_out.append(LeftOut(str(log), why, "Check the window: --since, --until."))

    def _add(self, path: Path, folder: str, lies: Path) -> None:
        if path in self._files:
            return
        if len(self._files) >= _MOST_FILES:
            self._left_out.append(LeftOut(str(path), f"comes after {_MOST_FILES} files", "Name it: --file."))
            return
        try:
            size = leads_to(lies).lstat().st_size
        except (OSError, ValueError):
            size = 0  # why it cannot be read is told where it is tried
        name = f"{folder}/{_UNPACKED.sub('', path.relative_to(path.anchor).as_posix())}"
        taken = {file.name for file in self._files.values()}
        self._files[path] = LogFile(name if name not in taken else f"{name}.{len(taken)}", lies, size)
