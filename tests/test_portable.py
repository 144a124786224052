"""lasthop runs where Python runs: nothing of POSIX alone, no console taken for UTF-8, names of sources with `/`."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import analyzer
from analyzer.bundle import open_bundle
from analyzer.shipped import shipped

PACKAGE = Path(analyzer.__file__).parent
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if not {"_data", "batch"} & set(path.relative_to(PACKAGE).parts[:1])
)  # a history is kept on a server: analyzer/batch needs POSIX
SAMPLE = str(shipped("samples") / "incident-1a")
POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "crypt", "syslog", "posix", "curses"}
POSIX_CALLS = {
    "fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "setsid", "killpg", "mkfifo", "mknod", "chown",
    "fchown", "lchown", "getpgid", "nice", "uname", "sysconf", "sched_getaffinity", "getloadavg", "O_NOFOLLOW",
    "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY",
}  # fmt: skip
EVERYWHERE = {"SIGINT", "SIGTERM", "SIG_DFL", "SIG_IGN", "SIGABRT", "SIGFPE", "SIGILL", "SIGSEGV", "signal", "Signals"}


def found(tree: ast.AST) -> Iterator[str]:
    """What of a module runs on POSIX alone, or depends on the machine."""
    guarded = {
        name.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"hasattr", "getattr"}
        for name in node.args
        if isinstance(name, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"import {each.name}" for each in names if each.name.partition(".")[0] in POSIX_MODULES)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in POSIX_MODULES:
                yield f"from {module}"
            case ast.Attribute(value=ast.Name(id="os"), attr=attr) if attr in POSIX_CALLS - guarded:
                yield f"os.{attr}"
            case ast.Attribute(value=ast.Name(id="signal"), attr=attr) if attr not in EVERYWHERE | guarded:
                yield f"signal.{attr}"
            case ast.Call(func=ast.Name(id="Path" | "open"), args=[ast.Constant(value=str(text)), *_]) if (
                text.startswith("/tmp")  # noqa: S108  it is what is looked for
            ):
                yield text
            case ast.Call(func=func, args=args, keywords=keywords) if _is_text_call(func, args):
                if "encoding" not in {each.arg for each in keywords}:
                    yield f"line {node.lineno}: text without an encoding"


def _is_text_call(func: ast.expr, args: list[ast.expr]) -> bool:
    binary = any(isinstance(each, ast.Constant) and isinstance(each.value, str) and "b" in each.value for each in args)
    built_in = isinstance(func, ast.Name) and func.id == "open"
    return not binary and (built_in or (isinstance(func, ast.Attribute) and func.attr in {"read_text", "write_text"}))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_a_module_calls_nothing_that_only_posix_has(module: Path) -> None:
    assert list(found(ast.parse(module.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "import os\nos.fork()",
        "import signal\nsignal.SIGPIPE",
        "folder = Path('/tmp/lasthop')",
        "open('a.log').read()",
        "Path('a.log').read_text()",
    ],
)
def test_what_only_posix_has_is_seen(source: str) -> None:
    assert len(list(found(ast.parse(source)))) == 1


def test_what_is_asked_for_first_is_let_pass() -> None:
    source = "import signal\nif hasattr(signal, 'SIGPIPE'):\n    signal.signal(signal.SIGPIPE, signal.SIG_DFL)"
    assert list(found(ast.parse(source))) == []


COMMANDS = (
    ("analyze", SAMPLE, "-o", "report.html"),
    ("analyze", SAMPLE, "--json", "-", "-q"),
    ("route", "wss://api-calls.harx.ai/frontend-audio", "--config", f"{SAMPLE}/nginx", "--explain"),
    ("causes",),
    ("formats",),
    ("formats", "test", f"{SAMPLE}/backend/telephony.log"),
    ("explain", "missing-location"),
    ("compare", SAMPLE, SAMPLE),
    ("--help",),
)


def on_a_console(encoding: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": f"{encoding}:strict", "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-m", "analyzer.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: " ".join(words[:2]).replace(SAMPLE, "SAMPLE"))
def test_a_console_that_knows_no_arrows_and_no_emoji_is_written_to_all_the_same(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    run = on_a_console("cp1252", tmp_path, *arguments)
    assert (run.returncode, b"Traceback" in run.stderr) == (0, False), run.stderr.decode("cp1252")
    assert run.stdout


def test_data_is_utf8_whatever_the_console_is(tmp_path: Path) -> None:
    run = on_a_console("cp1252", tmp_path, "analyze", SAMPLE, "--json", "-", "-q")
    assert json.loads(run.stdout.decode("utf-8"))["incidents"][0]["cause"] == "missing-location"
    assert run.stdout == on_a_console("utf-8", tmp_path, "analyze", SAMPLE, "--json", "-", "-q").stdout


def test_names_of_sources_have_the_slash_of_every_other_report(tmp_path: Path) -> None:
    (tmp_path / "logs" / "nginx").mkdir(parents=True)
    (tmp_path / "logs" / "nginx" / "access.log").write_text("127.0.0.1 - -\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "logs" / "windows.zip", "w") as archive:
        archive.writestr("nginx\\error.log", "2026/11/28 10:00:00 [error] 1#1: x\n")
    with open_bundle([str(tmp_path / "logs")]) as bundle:
        assert {file.name for file in bundle.files} == {"nginx/access.log", "windows.zip!nginx/error.log"}
