"""The service as it is started: one command over a record, until it is stopped."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the database's own user can reach, which a test's usual one is not."""
    folder = Path(tempfile.mkdtemp(prefix="fairpractice-serve-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def environment(home: Path, record: Path) -> dict[str, str]:
    return {
        **os.environ,
        "FAIRPRACTICE_KEY_FILE": str(record / "record.key"),
        "FAIRPRACTICE_HOME": str(home),
    }


def test_it_loads_answers_outlives_its_database_seals_and_stops(
    home: Path, record_folder: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["serve", "--record", str(record_folder / "record"), "--port", str(port)]
    arguments += ["--definitions", str(record_folder / "definitions"), "--demo"]
    env = environment(home, record_folder)
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "fairpractice", *arguments],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # as a terminal does, so that Ctrl-C reaches all of it
        )
    try:
        page = ask(f"http://127.0.0.1:{port}/sign-in/", server)
        assert "This is a demonstration" in page
        style = re.findall(r'href="(/static/[^"]*\.css)"', page)
        assert len(style) == 2
        assert all(ask(f"http://127.0.0.1:{port}{each}", server) for each in style)
        crash(home)
        assert "This is a demonstration" in ask(f"http://127.0.0.1:{port}/sign-in/", server)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)
    said = (home / "log").read_text("utf-8")
    assert server.returncode == 0, said
    assert "4 people were added" in said
    assert "clinician, Practice Y99001" in said
    assert (home / "service.env").stat().st_mode & 0o077 == 0, "keys are their owner's alone"
    done = subprocess.run(
        [sys.executable, "-m", "fairpractice", "audit", "verify"],
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "sealed entries, none altered; 0 not sealed yet" in done.stdout


def crash(home: Path) -> None:
    """Kill a process of the database, which then ends every connection and starts again."""
    [pid_file] = home.rglob("postmaster.pid")
    parent = pid_file.read_text("utf-8").splitlines()[0]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8").split()
    [writer] = [
        int(child)
        for child in children
        if b"walwriter" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    os.kill(writer, signal.SIGKILL)
    log = pid_file.parent / "log"
    for _ in range(600):
        if "all server processes terminated; reinitializing" in log.read_text("utf-8"):
            return
        time.sleep(0.1)
    raise AssertionError("the database did not start again")


def ask(address: str, server: "subprocess.Popen[bytes]") -> str:
    """Ask for a page until the service is there."""
    for _ in range(600):
        assert server.poll() is None, "it stopped"
        try:
            with urllib.request.urlopen(address) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            time.sleep(0.2)
    raise AssertionError("it does not answer")
