"""What is shipped: the wheel alone, away from the checkout, holds everything that a run needs."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analyzer import lark_tables
from analyzer.report.precompiled import folder_in_the_wheel

CHECKOUT = Path(__file__).parents[1]
_MOST_GRAMMARS = len(list((CHECKOUT / "grammars").glob("*.lark"))) // 2


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_grammars_samples_templates_catalogues_and_types_are_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("grammars", "analyzer/_data/grammars"), ("samples", "analyzer/_data/samples")):
        files = {path.relative_to(CHECKOUT / folder) for path in (CHECKOUT / folder).rglob("*") if path.is_file()}
        assert {f"{inside}/{file.as_posix()}" for file in files} <= names
    assert "analyzer/py.typed" in names
    assert any(name.startswith("analyzer/report/templates/") for name in names)
    assert "analyzer/languages/fr/LC_MESSAGES/lasthop.mo" in names
    assert not any(name.startswith("tests/") for name in names)


def test_the_wheel_alone_analyses_a_sample_of_its_own(wheel: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    zipfile.ZipFile(wheel).extractall(alone)
    program = (
        "import analyzer.cli, sys\n"
        "from analyzer.shipped import shipped\n"
        "assert analyzer.__file__.startswith(sys.argv[1])\n"
        "sys.argv = ['lasthop', 'analyze', str(shipped('samples') / 'incident-1a'), '-q', '-o', 'report.html']\n"
        "analyzer.cli.main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(alone)}
    run = subprocess.run(
        [sys.executable, "-c", program, str(alone)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "/frontend-audio" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_templates_in_the_wheel_are_compiled_and_write_the_same_page(wheel: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    zipfile.ZipFile(wheel).extractall(alone)
    folder = alone / "analyzer" / "_data" / folder_in_the_wheel()
    assert len(list(folder.glob("*.py"))) == len(list((CHECKOUT / "analyzer/report/templates").glob("*.j2")))
    (alone / "analyzer" / "report" / "templates" / "report.html.j2").write_text("not this one")
    program = (
        "import sys\n"
        "from analyzer.pipeline import analyze\n"
        "from analyzer.languages import language_of\n"
        "from analyzer.report.html import render_html\n"
        "report = analyze(['samples/incident-1a'])\n"
        "sys.stdout.buffer.write(render_html(report, language_of(sys.argv[1])).encode())\n"
    )
    for language in ("en", "fr"):
        pages = {
            subprocess.run(
                [sys.executable, "-c", program, language],
                cwd=CHECKOUT,
                env={**os.environ, "PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"},
                check=True,
                capture_output=True,
            ).stdout
            for root in (CHECKOUT, alone)
        }
        assert len(pages) == 1


def test_lark_reads_the_same_with_the_tables_in_the_wheel(wheel: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    zipfile.ZipFile(wheel).extractall(alone)
    assert (
        len(list((alone / "analyzer" / "_data" / lark_tables.folder_in_the_wheel()).glob("*.tables"))) > _MOST_GRAMMARS
    )
    program = (
        "import json, pathlib, sys\n"
        "from analyzer.grammar import load\n"
        "from analyzer.lark_tables import made_before\n"
        "from analyzer.nginx.text.syntax import read_text\n"
        "said = []\n"
        "for folder in sorted(pathlib.Path('tests/formats').iterdir()):\n"
        "    logs = [log for name in ('accepts.log', 'rejects.log') if (log := folder / name).is_file()]\n"
        "    if logs and pathlib.Path('grammars', folder.name + '.lark').is_file():\n"
        "        grammar = load(folder.name)\n"
        "        lines = [line for log in logs for line in log.read_text(encoding='utf-8').splitlines()[:10]]\n"
        "        said += [(grammar.lark.captures(line), grammar.explain(line)) for line in lines]\n"
        "said.append(repr(read_text('nginx.conf', 'http { server { listen 80; } } odd }')))\n"
        "print(json.dumps(said), file=sys.stdout)\n"
        "print(made_before(load('nginx_error').lark.text) is not None, file=sys.stderr)\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"},
            check=True,
            capture_output=True,
            text=True,
        )
        for root in (CHECKOUT, alone)
    ]
    assert [run.stderr for run in runs] == ["False\n", "True\n"]
    assert runs[0].stdout == runs[1].stdout
    assert len(json.loads(runs[0].stdout)) > 100


def test_no_file_of_the_project_names_a_package_registry() -> None:
    locks = [CHECKOUT / "requirements.lock", CHECKOUT / "tests" / "requirements.lock", CHECKOUT / "pyproject.toml"]
    locks.append(CHECKOUT / "tests" / "lab" / "node" / "package-lock.json")
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "index-url" not in text
        assert "resolved" not in text
        assert "://" not in text
