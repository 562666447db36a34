"""See which questionnaires there are, what one asks, and whether a file of your own can be used."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairpractice.cli import options


if TYPE_CHECKING:
    from fairpractice.listening.questionnaire import Item, Questionnaire


WORDS: dict[object, str] = {True: "yes", False: "no"}


@click.group()
def command() -> None:
    """See which questionnaires there are, what one asks, and whether a file can be used.

    They are FHIR R4 Questionnaires: those that are shipped, and those in the folder questionnaires
    of your definitions.
    """


@command.command("list")
@options.definitions
def list_(definitions: Path | None) -> None:
    """List every questionnaire: version, number of questions, licence, languages."""
    from fairpractice.listening.languages import load_packs, offered_packs
    from fairpractice.listening.reading import load
    from fairpractice.local import definitions_folder

    folder = definitions_folder(definitions)
    questionnaires = load(folder)
    packs = load_packs(questionnaires, folder)
    width = max(map(len, questionnaires))
    for name, each in questionnaires.items():
        asked = len(each.questions)
        click.echo(
            f"{name:{width}}  {each.version}  {each.title}, "
            f"{asked} question{'' if asked == 1 else 's'}; {each.licence or 'licence not said'}"
        )
        for language, pack in offered_packs(packs, each, unvalidated=True).items():
            state = "" if pack.validated else " (not validated: off unless asked for)"
            click.echo(f"{'':{width}}  in {language}{state}")
        if each.needs:
            click.echo(f"{'':{width}}  off until a {each.needs.replace('-', ' ')} is declared")


@command.command()
@click.argument("name")
@options.definitions
def show(name: str, definitions: Path | None) -> None:
    """Show what the questionnaire NAME asks, and what follows from its answers."""
    import difflib

    from fairpractice.errors import FairpracticeError
    from fairpractice.listening.reading import load
    from fairpractice.local import definitions_folder

    questionnaires = load(definitions_folder(definitions))
    if name not in questionnaires:
        close = difflib.get_close_matches(name, questionnaires, n=1)
        raise FairpracticeError(
            f"There is no questionnaire {name!r}",
            fix=f"Did you mean {close[0]}?"
            if close
            else "`fairpractice questionnaires list` names them all.",
        )
    _show(questionnaires[name])


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check whether the questionnaire in FILE can be used, and say what it lacks."""
    from fairpractice.listening.reading import read

    found = read(file)
    click.echo(f"{found.title} ({found.canonical}) can be used: {len(found.questions)} questions.")
    for lacking, advice in (
        (not found.licence, "It does not say its licence: ask its owner whether you may use it."),
        (not found.source, "It does not say where its words are from."),
        (not found.why, "It does not say why we ask and who sees the answers (purpose)."),
        (not any(item.topics() for item in found.questions) and not found.scores,
         "No answer states a social fact, and nothing is added up: answers are kept as they are."),
    ):  # fmt: skip
        if lacking:
            click.echo(f"Note: {advice}", err=True)
    click.echo(
        f"To offer it, copy it to the folder questionnaires of your definitions: {file.name}"
    )


def _show(found: "Questionnaire") -> None:
    click.echo(f"{found.title}\n{found.canonical}")
    for heading, text in (
        ("What it is", found.description),
        ("Why we ask", found.why),
        ("Source", found.source),
        ("Licence", found.licence),
        ("Credit", found.copyright),
        ("Answered", ", ".join(mode.replace("_", " ") for mode in found.modes)),
    ):
        if text:
            click.echo(click.wrap_text(f"{heading}: {text}", 88, subsequent_indent="  "))
    for item in found.items:
        _show_item(item, 0)
    for score in found.scores:
        click.echo(f"\nScore: {score.title}, from {', '.join(i.link_id for i in score.items)}")
        for band in score.bands:
            states = "".join(f"; {s.topic} {s.status}" for s in band.states)
            click.echo(f"  {band.start} to {band.end}: {band.label}{states}")
    click.echo("\nEvery question can be answered with “I would rather not say”.")


def _show_item(item: "Item", depth: int) -> None:
    indent = "  " * depth
    says = f"{indent}{item.link_id}: {item.text}"
    click.echo("\n" + click.wrap_text(says, 88, subsequent_indent=indent + "  "))
    for condition in item.conditions:
        answer: object = condition.answer
        answer = WORDS.get(answer) or getattr(answer, "code", answer)
        click.echo(f"{indent}  when {condition.question} {condition.operator} {answer}")
    answers = [(option.label, option.follows) for option in item.options]
    answers += [("Yes" if yes else "No", follows) for yes, follows in item.follows.items()]
    for label, follows in answers:
        after = [f"{said.topic} {said.status}" for said in follows.states]
        after += [f"urgent: {follows.urgent}"] if follows.urgent else []
        click.echo(f"{indent}  - {label}{' → ' if after else ''}{', '.join(after)}")
    for inner in item.items:
        _show_item(inner, depth + 1)
