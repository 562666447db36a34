"""What a person hears where Spark cannot run."""

import importlib.util
from pathlib import Path

import pytest

from fairpractice.engines import spark
from fairpractice.errors import FairpracticeError


def java(folder: Path, version: str) -> Path:
    """Put a Java of some version in a folder, which says it as Java does."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
    program.chmod(0o700)
    return folder


@pytest.mark.parametrize("version", ["17", "17.0.15", "21.0.4"])
def test_a_java_that_will_do(version, tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "a java", version)))
    assert spark.obstacle() is None


@pytest.mark.parametrize("version", ["1.8.0_402", "11.0.22"])
def test_a_java_that_is_too_old(version, tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, version)))
    with pytest.raises(FairpracticeError, match="sudo apt-get install openjdk-17-jre-headless"):
        spark.connect()


def test_no_java(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FairpracticeError, match="Spark needs Java 17"):
        spark.connect()


def test_java_home_that_leads_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert spark.obstacle() is not None


def test_no_pyspark(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FairpracticeError, match="pip install 'fairpractice\\[spark\\]'"):
        spark.connect()
