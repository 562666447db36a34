"""Main language and need of an interpreter: what a Patient says of them as social facts, and back.

They are no entries: an entry that the sender never made would be what is last heard of somebody.

Sources: UK Core Patient (``Patient.communication``, HL7's ``patient-interpreterRequired``), and the
extension NHSCommunication, retired in UK Core and still sent by the Personal Demographics Service;
BCP 47 and ISO 639 for the tags.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fairpractice import codelists
from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.elements import Resource, each, extensions
from fairpractice.record.social_facts import current_view


if TYPE_CHECKING:
    from fairpractice.record.reading import Readable

Speaks = tuple[str | None, bool | None]
"""The tag of somebody's main language, and whether an interpreter is needed, where known."""

LANGUAGE, INTERPRETER = "language_main", "interpreter_need"
LISTED = "main-language-recorded"
TERM = "Main spoken language "
ENGLISH = "en"
TAGS = {
    "Albanian": "sq", "Arabic": "ar", "Bengali": "bn", "Bulgarian": "bg", "Cantonese": "yue",
    "Czech": "cs", "English": ENGLISH, "Farsi": "fa", "French": "fr", "Greek": "el",
    "Gujerati": "gu", "Hindi": "hi", "Hungarian": "hu", "Italian": "it", "Kurdish": "ku",
    "Lithuanian": "lt", "Mandarin": "cmn", "Nepali": "ne", "Pashto": "ps", "Polish": "pl",
    "Portuguese": "pt", "Punjabi": "pa", "Romanian": "ro", "Russian": "ru", "Somali": "so",
    "Spanish": "es", "Sylheti": "syl", "Tamil": "ta", "Tigrinya": "ti", "Turkish": "tr",
    "Ukrainian": "uk", "Urdu": "ur", "Vietnamese": "vi",
}  # fmt: skip
SAME = {"eng": ENGLISH, "q4": "bfi", "zh-cmn": "cmn", "zh-yue": "yue"}
NO_LANGUAGE = re.compile("und|mul|mis|zxx|q[a-t][a-z]")


def stated(resource: Resource) -> Iterator[tuple[str, str | None, str | None, str]]:
    """Yield topic, code, its system and status of what a Patient says of language and interpreter.

    The main language is the one that is preferred; where it is not said of any, the only one. Of
    several that are preferred, and of several of which none is, nothing is known.
    """
    tags = {tag.get("code") for tag in resource.get("meta", {}).get("tag", ())}
    if names.SAID_ELSEWHERE in tags:
        return
    ways = [
        (way.get("language"), way.get("preferred")) for way in each(resource.get("communication"))
    ]
    needs = []
    for said in each(resource.get("extension")):
        if said["url"] == names.INTERPRETER:
            needs.append(said.get("valueBoolean"))
        if said["url"] == names.NHS_COMMUNICATION:
            parts = extensions(said)
            language, preferred = parts.get("language", {}), parts.get("preferred", {})
            ways.append((language.get("valueCodeableConcept"), preferred.get("valueBoolean")))
            needs.append(parts.get("interpreterRequired", {}).get("valueBoolean"))
    spoken = [(tag, preferred) for language, preferred in ways if (tag := _tag(language))]
    main = {tag for tag, preferred in spoken if _is(preferred)}
    main = main or {tag for tag, preferred in spoken if preferred is None}
    if len(main) == 1:
        tag = main.pop()
        yield LANGUAGE, tag, names.BCP_47, "absent" if tag == ENGLISH else "present"
    if known := [need for need in needs if need is not None]:
        yield INTERPRETER, None, None, "present" if any(map(_is, known)) else "absent"


def spoken(
    record: "Readable", lists: Mapping[str, codelists.Codelist], on: dt.date
) -> dict[int, Speaks]:
    """Return what is known on a day of everybody's main language and need of an interpreter.

    The language is that of the latest entry or statement; none where that does not say which it
    is, or there are several on a day.
    """
    latest: dict[int, tuple[dt.date, set[str | None]]] = {}
    for who, said_on, tag in sorted(_said(record, lists), key=lambda said: said[1]):
        if said_on <= on:
            before, tags = latest.get(who, (None, set()))
            latest[who] = said_on, {*(tags if before == said_on else ()), tag}
    found: dict[int, Speaks] = {
        who: (next(iter(tags)), None) for who, (_, tags) in latest.items() if len(tags) == 1
    }
    holds = current_view(record, lists, on)
    holds = holds.filter(holds.topic == INTERPRETER, holds.status != "unknown")
    for row in record.engine.to_arrow(holds.select("patient_id", "status")).to_pylist():
        language, _ = found.get(row["patient_id"], (None, None))
        found[row["patient_id"]] = language, row["status"] == "present"
    return found


def _said(
    record: "Readable", lists: Mapping[str, codelists.Codelist]
) -> Iterator[tuple[int, dt.date, str | None]]:
    """Yield who said when what their main language is; none where it is not said which."""
    tags = {f"{TERM}{name}": tag for name, tag in TAGS.items()}
    codes = {code.code: tags.get(code.term) for code in lists[LISTED].codes}
    events, facts = record.table("event"), record.table("social_fact")
    events = events.filter(events.code_system == "snomed", events.code.isin(list(codes)))
    for row in record.engine.to_arrow(events.select("patient_id", "date", "code")).to_pylist():
        yield row["patient_id"], row["date"], codes[row["code"]]
    facts = facts.filter(facts.topic == LANGUAGE)
    columns = ["patient_id", "recorded_on", "status", "code", "code_system"]
    for row in record.engine.to_arrow(facts.select(columns)).to_pylist():
        tag = row["code"] if row["code_system"] == names.BCP_47 else None
        english = ENGLISH if row["status"] == "absent" else None
        yield row["patient_id"], row["recorded_on"], english if row["status"] != "present" else tag


def _tag(language: Resource | None) -> str | None:
    """Return the tag of a language, without region and script."""
    for coding in (language or {}).get("coding", ()):
        if coding.get("system") in names.LANGUAGES and coding.get("code"):
            whole = str(coding["code"]).lower()
            tag = SAME.get(whole) or SAME.get(whole.split("-")[0], whole.split("-")[0])
            if re.fullmatch("[a-z]{2,3}", tag) and not NO_LANGUAGE.fullmatch(tag):
                return tag
    return None


def _is(flag: Any) -> bool:
    return str(flag).lower() == "true"
