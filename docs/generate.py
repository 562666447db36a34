"""Write docs/reference/ from the code, and an index of each folder: ``make docs``.

What the code declares is read from it (tables, codelists, definitions, verbs); what it says of
itself in docstrings is read from its source without running it. The same code gives the same
pages, and a test compares them with those that are committed.
"""

import ast
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

import fairpractice.cli
from fairpractice import codelists
from fairpractice.case_finding.in_words import explain_priority
from fairpractice.case_finding.priority import PRIORITIES, Priority
from fairpractice.case_finding.rule import RULES
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.explain import explain
from fairpractice.listening.questionnaire import Item, Questionnaire
from fairpractice.listening.reading import load as load_questionnaires
from fairpractice.measures.measure import MEASURES
from fairpractice.record.contract import PROVENANCE, Column, Table
from fairpractice.record.tables import TABLES
from fairpractice.record.topics import TOPICS
from fairpractice.referral.states import CLOSED_WITH, MOVES, OUTCOMES, SAYS_WHY, STATES
from tests.spec import language


FOLDER = Path(__file__).parent
INDEXED = {
    "tutorial": ("Tutorials", "Learn by doing, from the beginning."),
    "how-to": ("How to", "Do one thing, step by step."),
    "explanation": ("Explanations", "Why it works as it does, and what its numbers mean."),
    "decisions": (
        "Decisions",
        "Short records of choices that somebody may question: what the matter was, what was "
        "decided, what follows. A decision that is changed gets a new record.",
    ),
}
PACKAGE = Path(fairpractice.__file__).parent
WRITTEN = "<!-- Written from the code by `make docs`. Change the code, not this page. -->\n\n"
WIDTH = 88
TITLES = {
    "record": "The record",
    "topics": "Social topics",
    "codelists": "Codelists",
    "measures": "Measures",
    "rules": "Rules",
    "priorities": "Priorities",
    "questionnaires": "Questionnaires",
    "referral-states": "States of a referral",
    "language": "The language",
    "command-line": "Command line",
}


def pages() -> dict[str, str]:
    """Return every page that is written here, by its path below ``docs/``."""
    lists = codelists.load()
    texts = {
        "record.md": record(),
        "topics.md": topics(),
        "codelists.md": shipped_codelists(lists),
        "measures.md": definitions(TITLES["measures"], MEASURES.load(lists), lists),
        "rules.md": definitions(TITLES["rules"], RULES.load(lists), lists),
        "priorities.md": definitions(TITLES["priorities"], PRIORITIES.load(lists), lists),
        "questionnaires.md": questionnaires(),
        "referral-states.md": referral_states(),
        "language.md": language.page(),
        "command-line.md": command_line(),
    }
    texts |= {f"library/{room}.md": library(room) for room in rooms()}
    texts["index.md"] = index()
    texts = {f"reference/{path}": text for path, text in texts.items()}
    for folder in INDEXED:
        if any((FOLDER / folder).glob("*.md")):
            texts[f"{folder}/index.md"] = contents(folder)
    return {path: WRITTEN + text.rstrip() + "\n" for path, text in texts.items()}


def kept() -> dict[str, str]:
    """Return the pages that stand where those of :func:`pages` belong."""
    found = [*(FOLDER / "reference").rglob("*.md"), *FOLDER.glob("*/index.md")]
    return {page.relative_to(FOLDER).as_posix(): page.read_text(encoding="utf-8") for page in found}


def contents(folder: str) -> str:
    """The pages of a folder by their titles."""
    title, about = INDEXED[folder]
    found = sorted(page for page in (FOLDER / folder).glob("*.md") if page.name != "index.md")
    lines = [f"- [{heading(page)}]({page.name})" for page in found]
    return f"# {title}\n\n{about}\n\n" + "\n".join(lines)


def heading(page: Path) -> str:
    """The title of a page."""
    found = re.search("^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else page.stem


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(headings), *(list(row) for row in rows)]
    cells = [" | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in x) for x in lines]
    cells.insert(1, " | ".join("---" for _ in lines[0]))
    return "".join(f"| {row} |\n" for row in cells)


def index() -> str:
    """The first page."""
    first = "".join(f"- [{title}]({name}.md)\n" for name, title in TITLES.items())
    rows = ((f"[{room}](library/{room}.md)", first_line(room)) for room in rooms())
    return f"# Reference\n\n{first}\n## The library, room by room\n\n" + table(
        ("Room", "What it knows"), rows
    )


def record() -> str:
    """The tables of the record."""
    text = [
        "# The record\n\nA record is a folder of Parquet files, a folder a table, sorted by "
        "patient and date. A *required* column is never empty; elsewhere empty means not known. A "
        "source's own headings are recognised when they are among those a column is also called.\n"
    ]
    for each in TABLES.values():
        text.append(f"## {each.name}\n\nOne row is {each.row}. {keys(each)}\n")
        text.append(columns(each.columns))
        if each.origin:
            text.append("Where its source says how it had the row, that is kept beside it:\n")
            text.append(columns(each.origin))
    text.append("## Provenance\n\nEvery table ends with where each row came from.\n")
    text.append(columns(PROVENANCE))
    return "\n".join(text)


def keys(each: Table) -> str:
    """What makes two rows of a table the same, and how it is sorted."""
    key, order = (", ".join(f"`{n}`" for n in names) for names in (each.key, each.sorted_by))
    return f"Within a source, a row is known by {key}. Sorted by {order}."


def columns(each: Iterable[Column]) -> str:
    """A table of columns."""
    return table(
        ("Column", "Type", "Required", "Meaning", "Values", "Also called"),
        (
            (
                f"`{column.name}`",
                column.kind,
                "yes" if column.required else "",
                column.meaning,
                ", ".join(f"`{value}`" for value in column.allowed)
                or (column.shape.replace("_", " ") and f"a valid {column.shape.replace('_', ' ')}"),
                ", ".join(column.also_called),
            )
            for column in each
        ),
    )


def topics() -> str:
    """The topics of social facts."""
    rows = (
        (
            f"`{topic.id}`",
            topic.label,
            topic.family,
            f"{topic.freshness_months} months" if topic.freshness_months else "for life",
            "yes" if topic.sensitive else "",
            listed(topic.codelist),
            listed(topic.ended_by),
        )
        for topic in TOPICS.values()
    )
    return (
        "# Social topics\n\nWhat a social fact can be about. Of one family the latest valid "
        "statement wins. A statement is believed for as long as it stays fresh; after that, and "
        "where nobody has asked, the answer is unknown. A sensitive topic leaves no trace outside "
        "direct care.\n\n"
    ) + table(
        ("Topic", "In a sentence", "Family", "Fresh", "Sensitive", "Codelist", "Ended by"), rows
    )


def listed(name: str | None) -> str:
    """A codelist's name, with a link to where it is described."""
    return f"[`{name}`](codelists.md#{name})" if name else ""


def shipped_codelists(lists: codelists.Codelists) -> str:
    """The codelists that are shipped."""
    rows = [(listed(name), str(len(each.codes)), each.status) for name, each in lists.items()]
    text = [
        "# Codelists\n\nThe lists that are shipped. A *starter* has the main concepts, so that "
        "counts made with it are lower bounds; an *empty* list says that no openly licensed "
        "concept is known, and what needs it answers that it is not available. "
        "[Load a full list](../how-to/codelists.md) over either.\n",
        table(("List", "Codes", "Status"), rows),
    ]
    for name, each in lists.items():
        text.append(f"## {name}\n\n{each.title}. {each.status.capitalize()}, {each.system}.\n")
        text.append(f"- Source: {each.source}\n- Licence: {each.licence}\n")
        if each.codes:
            text.append(
                table(
                    ("Code", "Term", "Category"),
                    ((f"`{code.code}`", code.term, code.category) for code in each.codes),
                )
            )
    return "\n".join(text)


def definitions(title: str, found: Mapping[str, Definition], lists: codelists.Codelists) -> str:
    """Measures, rules or priorities, in English, with the people that prove them."""
    text = [f"# {title}\n", "".join(f"- [{d.title}](#{d.id})\n" for d in found.values())]
    for each in found.values():
        text.append(f"## {each.id}\n\n**{each.title}**\n")
        parts = (
            explain_priority(each, lists, today=each.review_by)
            if isinstance(each, Priority)
            else explain(each, lists, today=each.review_by)
        )
        for part in parts:
            lines = part.lines if len(part.lines) == 1 else [f"- {line}" for line in part.lines]
            text.append(f"### {part.heading}\n\n" + "\n".join(lines) + "\n")
            if part.drawn:
                text.append(f"```text\n{part.drawn}\n```\n")
    return "\n".join(text)


def questionnaires() -> str:
    """The questionnaires that are shipped."""
    found = load_questionnaires()
    text = [
        f"# {TITLES['questionnaires']}\n\nThose that are shipped, with whose words they are. Every "
        "question can be answered with “I would rather not say”, and none must be answered. "
        "[Use them, and bring your own](../how-to/questionnaires.md).\n",
        table(
            ("Questionnaire", "Version", "Questions", "Licence"),
            (
                (f"[{each.title}](#{name})", each.version, str(len(each.questions)), each.licence)
                for name, each in found.items()
            ),
        ),
    ]
    return "\n".join([*text, *(asked(each) for each in found.values())])


def asked(found: Questionnaire) -> str:
    """One questionnaire: what it says of itself, what it asks, how it is scored."""
    needs = f" Off until a {found.needs.replace('-', ' ')} is declared." if found.needs else ""
    lines = [
        f"- Source: {found.source}",
        f"- Credit: {found.copyright}",
        f"- Answered: {', '.join(mode.replace('_', ' ') for mode in found.modes)}.{needs}",
    ]
    lines += [
        f"- Score: {score.title}. "
        + "; ".join(f"{band.start} to {band.end}: {band.label}" for band in score.bands)
        for score in found.scores
    ]
    rows = ((f"`{item.link_id}`", item.text, outcome(item)) for item in found.questions)
    asks = table(("`linkId`", "Question", "Answers"), rows)
    return f"## {found.id}\n\n**{found.title}**\n\n" + "\n".join(lines) + f"\n\n{asks}"


def outcome(item: Item) -> str:
    """The answers to a question, each with what it states."""
    answers = [(option.label, option.follows) for option in item.options]
    answers += [("yes" if yes else "no", follows) for yes, follows in item.follows.items()]
    each = (
        label
        + "".join(f" (*{said.topic}* {said.status})" for said in follows.states)
        + (f" (**urgent**: {follows.urgent})" if follows.urgent else "")
        for label, follows in answers
    )
    return "; ".join(each) or ("yes or no" if item.kind == "boolean" else item.kind)


def referral_states() -> str:
    """The states of a referral, and who may move it."""
    states = (
        (
            f"**{state.label}** (`{state.id}`)",
            " / ".join(filter(None, (state.task_status, state.business_status))),
            ", ".join(OUTCOMES[each] for each in CLOSED_WITH.get(state.id, ())),
            "yes" if state.id in SAYS_WHY else "",
        )
        for state in STATES.values()
    )
    moves = (
        (STATES[before].label, STATES[after].label, ", ".join(who).replace("_", " "))
        for (before, after), who in MOVES.items()
        if after != "entered_in_error"
    )
    return (
        f"# {TITLES['referral-states']}\n\nThose of the Task of HL7's SDOH Clinical Care guide, "
        "and three more. Every move is made by a person, and kept with who made it, when and why. "
        "A referral that waits for an answer for 14 days is shown to the link worker; it is never "
        "declined by silence.\n\n"
        + table(("State", "As a FHIR Task", "Closed with", "Says why"), states)
        + "\n## Moves\n\nAny state can be made *Entered in error* by the requester or the link "
        "worker.\n\n" + table(("From", "To", "By"), moves)
    )


def command_line() -> str:
    """Every verb, as its own help describes it."""
    root = click.Context(
        fairpractice.cli.cli,
        info_name="fairpractice",
        max_content_width=WIDTH,
        **fairpractice.cli.cli.context_settings,
    )
    root.terminal_width = WIDTH
    exits = (inspect.getdoc(fairpractice.cli) or "").partition("Exit status: ")[2]
    text = ["# Command line\n", f"Exit status: {' '.join(exits.split())}\n"]
    for command, depth in verbs(fairpractice.cli.cli, root):
        name = command.command_path
        text.append(f"{'#' * depth} {name}\n\n```text\n{command.get_help().rstrip()}\n```\n")
    return "\n".join(text)


def verbs(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, int]]:
    """Yield a command and those below it, with how deep they are."""
    depth = context.command_path.count(" ") + 2
    yield context, depth
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                inner = click.Context(below, context, info_name=name, max_content_width=WIDTH)
                inner.terminal_width = WIDTH
                yield from verbs(below, inner)


def rooms() -> list[str]:
    """The rooms of the library in the order of the story, which the import contract declares."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    names = re.findall(r"\w+", " ".join(reversed(layers)))
    apart = {"cli", "web"}  # what people use is written elsewhere
    return [name for name in names if name not in apart and (PACKAGE / name).is_dir()]


def first_line(room: str) -> str:
    """What a room says that it knows."""
    doc = importlib.import_module(f"fairpractice.{room}").__doc__ or ""
    return doc.partition("\n")[0].rstrip(".")


def library(room: str) -> str:
    """The public functions and classes of one room, from their docstrings."""
    text = []
    for file in sorted(PACKAGE.joinpath(room).rglob("*.py")):
        name = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        name = name.removesuffix(".__init__")
        if any(part.startswith("_") for part in name.split(".")) or file.parent.name in KEPT_APART:
            continue
        tree = ast.parse(file.read_bytes())
        heading = "#" if file == PACKAGE / room / "__init__.py" else "##"
        members = [member for node in tree.body for member in described(node)]
        text.append(f"{heading} `{name}`\n\n{markdown(ast.get_docstring(tree) or '')}\n")
        text += members
    return "\n".join(text)


KEPT_APART = ("definitions", "rules", "priorities", "strategies")  # they have pages of their own


def described(node: ast.stmt, owner: str = "") -> Iterator[str]:
    """Yield a function or class with its docstring, and the methods of a class."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    if not isinstance(node, kinds) or node.name.startswith("_"):
        return
    doc = ast.get_docstring(node)
    if not doc:
        return
    name = owner + node.name
    if isinstance(node, ast.ClassDef):
        fields = [
            ast.unparse(field)
            for field in node.body
            if isinstance(field, ast.AnnAssign) and not ast.unparse(field.target).startswith("_")
        ]
        code = "\n\n```python\n" + "\n".join(fields) + "\n```" if fields else ""
        yield f"### class `{name}`{code}\n\n{markdown(doc)}\n"
        for member in node.body:
            yield from described(member, owner=f"{name}.")
    else:
        yield f"### `{name}`\n\n```python\n{signature(node)}\n```\n\n{markdown(doc)}\n"


def signature(node: ast.FunctionDef) -> str:
    """A function's first line; over several lines where it is long."""
    node.args.args = [arg for arg in node.args.args if arg.arg not in ("self", "cls")]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    given = ast.unparse(node.args)
    line = f"{node.name}({given}){returns}"
    if len(line) <= WIDTH:
        return line
    bare = ast.parse(f"def f({given}): ...").body[0]
    assert isinstance(bare, ast.FunctionDef)
    return (
        f"{node.name}(\n" + "".join(f"    {part},\n" for part in parts(bare.args)) + f"){returns}"
    )


def parts(given: ast.arguments) -> Iterator[str]:
    """Yield each parameter with its type and default."""
    plain = [*given.posonlyargs, *given.args]
    unset: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    pairs = list(zip(plain, [*unset, *given.defaults], strict=True))
    yield from (parameter(*pair) for pair in pairs)
    if given.vararg:
        yield f"*{ast.unparse(given.vararg)}"
    elif given.kwonlyargs:
        yield "*"
    yield from map(parameter, given.kwonlyargs, given.kw_defaults)
    if given.kwarg:
        yield f"**{ast.unparse(given.kwarg)}"


def parameter(name: ast.arg, default: ast.expr | None) -> str:
    """One parameter with its type and default."""
    return ast.unparse(name) + (f" = {ast.unparse(default)}" if default else "")


def markdown(doc: str) -> str:
    """Turn a docstring (numpy style, a little reStructuredText) into Markdown."""
    doc = re.sub(r":[a-z]+:`~?([^`]+)`", r"`\1`", doc).replace("``", "`")
    doc = re.sub(r"^(\w[\w ]*)\n-{3,}$", r"**\1**\n", doc, flags=re.MULTILINE)
    lines: list[str] = []
    in_section = literal = False
    for line in doc.split("\n"):
        if literal and line and not line.startswith(" "):
            lines += ["```", ""]
            literal = False
        if line.startswith("**") and line.endswith("**"):
            in_section = True
        if not literal and line.rstrip().endswith("::"):
            lines += [line.rstrip().removesuffix("::").rstrip() + ":", "", "```text"]
            literal = True
        elif in_section and re.match(r"[^\s*]", line) and not literal:
            lines.append(f"- `{line.strip('`')}`")
        else:
            lines.append(line)
    if literal:
        lines.append("```")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).replace("\n:\n", "\n").lstrip(":\n")


def main() -> None:
    """Write the pages, and take away those that are no longer written."""
    written = pages()
    for path in kept().keys() - written.keys():
        (FOLDER / path).unlink()
    for path, text in written.items():
        page = FOLDER / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
