"""Why somebody was not signed in, in words for them, and what they can do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A title, what happened, what to do, and the status of the answer."""

    title: str
    said: tuple[str, ...]
    status: int = 403


NOT_SIGNED_IN = {
    "stale": Words(
        "Sign in again",
        (
            "This way back was used already, or took longer than ten minutes.",
            "Nothing was lost. Start again from here.",
        ),
        400,
    ),
    "cancelled": Words("You did not sign in", ("You stopped before you had signed in.",), 400),
    "down": Words(
        "You cannot sign in this way just now",
        (
            "The service that checks who you are does not answer. It is not one of ours.",
            "Nothing was lost. Try again in a few minutes.",
        ),
        503,
    ),
    "provider": Words(
        "You could not be signed in",
        ("The service that checks who you are could not do so. Try again.",),
        400,
    ),
    "answer": Words(
        "You could not be signed in",
        (
            "What came back did not prove who you are, so it was not used. Try again.",
            "If it happens again, tell whoever looks after this service, and when it was.",
        ),
        400,
    ),
    "level": Words(
        "You need a stronger way to sign in",
        (
            "You signed in, but not in a way that is strong enough for people's records.",
            "Sign in again with your smartcard, or with what your organisation gave you for it.",
        ),
    ),
    "not_anew": Words(
        "Sign in there again",
        (
            "Somebody was signed in here before, in this browser, so you were to show again who "
            "you are. The service that checks it let you through without asking.",
            "Sign out there, or close every window of the browser, and try again.",
        ),
    ),
    "unknown": Words(
        "You are not a colleague here yet",
        (
            "You signed in, but nobody has said that you work here. Nothing was made for you.",
            "Ask whoever looks after this service at your organisation to invite you.",
        ),
    ),
    "invitation": Words(
        "This link opens no more",
        ("It was used already, or is too old. Ask whoever sent it for another.",),
    ),
    "somebody_else": Words(
        "You are a colleague here already",
        (
            "You signed in as somebody whom we know by another name, so the link was not used.",
            "Sign in as before, and tell whoever sent you the link.",
        ),
    ),
    "no_membership": Words(
        "You do not work here at the moment",
        (
            "You signed in, but belong to no organisation here now.",
            "Ask whoever looks after this service at your organisation to invite you again.",
        ),
    ),
    "not_proved_there": Words(
        "You need to prove who you are first",
        (
            "You signed in, but have not yet proved who you are with photo identification, or "
            "did not agree to share it. We ask for that so that nobody else opens your pages.",
            "Prove who you are where you signed in, then come back.",
        ),
    ),
    "nobody": Words(
        "We could not open your pages",
        (
            "Your practice may not use this service, or may have other details of you than "
            "those that you signed in with.",
            "Ask your practice to check your details. They can also send you a link.",
        ),
    ),
}
