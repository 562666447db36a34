"""The command line as a person meets it: a process with an exit status, stdout and stderr."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest

import fairpractice.cli
from fairpractice import __version__
from fairpractice.cli import run
from fairpractice.errors import FairpracticeError


def fairpractice_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "fairpractice", *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Add a verb: a module beside the shipped ones, with what its command does."""

    def add(name: str, body: str, docstring: str = "Do something.") -> None:
        folder = tmp_path / "verbs"
        folder.mkdir(exist_ok=True)
        lines = "\n".join("    " + line for line in body.splitlines())
        (folder / f"{name}.py").write_text(
            f'"""{docstring}\n\nMore about it.\n"""\n\nimport click\n\n\n'
            f"@click.command()\ndef command() -> None:\n{lines}\n",
            encoding="utf-8",
        )
        paths = [*fairpractice.cli.__path__, str(folder)]
        monkeypatch.setattr(fairpractice.cli, "__path__", paths)
        monkeypatch.delitem(sys.modules, f"fairpractice.cli.{name}", raising=False)

    return add


@pytest.fixture
def raising(verb):
    """Add a verb that fails in a given way, and return what running it gives."""

    def fail(statement: str) -> int:
        verb("fails", statement)
        return run(["fails"])

    return fail


def test_help_answers_at_once_and_loads_nothing_heavy():
    script = (
        "import sys, fairpractice.cli as c; status = c.run(['--help']);"
        "heavy = {'ibis', 'duckdb', 'rich', 'pyarrow', 'pandas', 'numpy', 'altair'};"
        "sys.exit(sorted(heavy & set(sys.modules)) or status)"
    )
    fastest = min(_seconds([sys.executable, "-c", script]) for _ in range(3))
    assert fastest < 0.3


def _seconds(command: list[str]) -> float:
    """Return the processor's time, which a busy machine lengthens less than the clock's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_version():
    assert fairpractice_process("--version").stdout.split() == [
        b"fairpractice,",
        b"version",
        __version__.encode(),
    ]


def test_without_a_verb_it_shows_its_help(capsys):
    assert run([]) == 0
    assert "Usage: fairpractice" in capsys.readouterr().out


def test_a_verb_is_a_module_found_by_looking(verb, capsys):
    verb("data_quality_again", "click.echo('done')", "Say how complete the record is.")
    assert run(["--help"]) == 0
    assert "data-quality-again  Say how complete the record is." in capsys.readouterr().out
    assert "fairpractice.cli.data_quality_again" not in sys.modules
    assert run(["data-quality-again"]) == 0
    assert capsys.readouterr().out == "done\n"


def test_a_name_that_python_keeps_has_a_trailing_underscore(verb, capsys):
    verb("while_", "click.echo('done')")
    assert run(["while"]) == 0
    assert capsys.readouterr().out == "done\n"


def test_a_module_without_a_command_is_no_verb(capsys):
    assert "options" not in fairpractice.cli.verbs()
    assert run(["options"]) == 2


def test_a_slip_of_the_pen_is_understood(verb, capsys):
    verb("shelter", "pass")
    assert run(["sheltr"]) == 2
    assert "Did you mean shelter?" in capsys.readouterr().err


def test_an_error_that_people_can_put_right(raising, capsys):
    statement = (
        "from fairpractice.errors import FairpracticeError\n"
        "raise FairpracticeError('The list is empty', where='list.csv', fix='Fill it.')"
    )
    assert raising(statement) == 2
    said = capsys.readouterr()
    assert said.out == ""
    expected = FairpracticeError("The list is empty", where="list.csv", fix="Fill it.")
    assert said.err == f"Error: {expected}\n"


@pytest.mark.parametrize("error", ["click.FileError('x.csv', 'gone')", "click.UsageError('no')"])
def test_every_refusal_of_click_is_status_2(raising, error):
    assert raising(f"raise {error}") == 2


def test_ctrl_c(raising, capsys):
    assert raising("raise KeyboardInterrupt") == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_full_disk(raising, capsys):
    assert raising("import errno\nraise OSError(errno.ENOSPC, 'No space left', 'out.csv')") == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: No space left (out.csv). Make room on the disk")


def test_our_own_fault_is_an_apology_and_a_log(raising, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert raising("raise ZeroDivisionError('what a row held')") == 70
    said = capsys.readouterr().err
    assert said.startswith("Sorry:")
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "what a row held" not in said
    (log,) = tmp_path.glob("*.log")
    assert str(log) in said
    assert "what a row held" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_our_own_fault_on_a_machine_without_room(raising, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no such folder"))
    assert raising("raise ZeroDivisionError") == 70
    assert "could not be written" in capsys.readouterr().err


def test_a_reader_that_leaves_hears_nothing():
    program = (
        "import sys, click, fairpractice.cli as c\n"
        "c.cli.get_command = lambda *_: click.Command('x', callback=lambda: [\n"
        "    click.echo('x' * 9999) for _ in range(999)])\n"
        "sys.exit(c.run(['x']))"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert reader.stdout is not None
    assert reader.stderr is not None
    reader.stdout.read(10)
    reader.stdout.close()
    said = reader.stderr.read()
    reader.stderr.close()
    assert (reader.wait(), said) == (141, b"")


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=lambda environment: " ".join(f"{k}={v}" for k, v in environment.items()),
)
def test_any_locale(environment):
    done = fairpractice_process("--help", **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Usage: fairpractice" in done.stdout


def test_a_character_that_the_terminal_lacks_is_a_question_mark():
    program = (
        "import sys, click, fairpractice.cli as c\n"
        "c.cli.get_command = lambda *_: click.Command('x', callback=lambda: click.echo('a≥é'))\n"
        "sys.exit(c.run(['x']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    assert done.stdout == "a?é\n".encode("latin-1")


def test_the_verbs_are_commands():
    context = click.Context(fairpractice.cli.cli)
    for name, line in fairpractice.cli.verbs().items():
        assert line, f"the module of {name} has no docstring"
        assert fairpractice.cli.cli.get_command(context, name), name
