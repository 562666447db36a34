"""The answers in a terminal, in a pipe, and where there is only ASCII."""

import io

import pytest

from fairpractice.reporting import terminal
from fairpractice.reporting.network import Network
from fairpractice.reporting.questions import QUESTIONS


pytestmark = pytest.mark.xdist_group("report")


class Screen(io.TextIOWrapper):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def printed(network: Network, encoding: str = "utf-8", *, screen: bool = False) -> str:
    raw = io.BytesIO()
    file = (Screen if screen else io.TextIOWrapper)(raw, encoding=encoding)
    terminal.report(network, terminal.Page(file))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.fixture(autouse=True)
def utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_the_six_questions_are_answered_in_their_order_and_shortly(network: Network) -> None:
    text = printed(network)
    assert "3,000 people registered at 3 practices on 31 October 2026" in text
    rest = text
    for question in QUESTIONS:
        _, rest = rest.split(f"\n{question.title}\n")
        said = " ".join(question.said(network).split())
        assert said in " ".join(rest.split())
    assert "| Cervical screening" in text
    assert "50.0\N{NO-BREAK SPACE}%" in text or "50.0 %" in text
    assert "+40.0" in text
    assert len(text.splitlines()) < 150


def test_a_pipe_gets_plain_text_and_a_terminal_gets_lines(network: Network) -> None:
    plain = printed(network)
    assert "\x1b[" not in plain
    assert not set("│╭─╰") & set(plain)
    drawn = printed(network, screen=True)
    assert "╭" in drawn
    assert "\x1b[1m" in drawn


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_in_the_c_locale_there_is_nothing_but_ascii(
    network: Network, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    text = printed(network, screen=True)
    assert text.isascii()
    assert "| Cervical screening" in text
    for question in QUESTIONS:
        text = text.replace(question.title, "")
    assert "?" not in text


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1"])
def test_an_encoding_that_lacks_lines_gets_none(network: Network, encoding: str) -> None:
    assert printed(network, encoding, screen=True).isascii()


def test_numbers_are_not_torn_apart(network: Network) -> None:
    for line in printed(network).splitlines():
        assert not line.lstrip().startswith("%")


def test_no_small_number_of_people_and_no_practice(small_network: Network) -> None:
    text = printed(small_network)
    assert "hidden" in text
    assert "Y0000" not in text
    for line in text.splitlines():
        for word, following in zip(line.split(), line.split()[1:], strict=False):
            if following in ("people", "person") and word[0].isdigit():
                assert int(word.replace(",", "")) % 5 == 0


def test_what_is_recorded_and_for_whom(network: Network) -> None:
    file = io.StringIO()
    terminal.data_quality(network, terminal.Page(file))
    text = file.getvalue()
    for heading in ("Deprivation: national fifth of areas", "Ethnic group", "Sex", "Age"):
        assert f"\n{heading}\n" in text
    assert "Recorded least for" in text
    assert "partly so by chance" in text
