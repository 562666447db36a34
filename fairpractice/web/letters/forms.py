"""What the pages of letters are sent, checked."""

from django import forms


LONGEST = 20_000  # characters: some eight pages


class Drafted(forms.Form):
    """Which facts to name, and to whom the letter goes."""

    recipient = forms.CharField(max_length=500, required=False)


class Written(forms.Form):
    """The letter, and the form's own id."""

    token = forms.UUIDField()
    text = forms.CharField(
        max_length=LONGEST,
        error_messages={
            "required": "Write the letter",
            "max_length": f"Shorten the letter to {LONGEST:,} characters",
        },
    )

    def clean_text(self) -> str:
        """Return the text with the ends of lines that everything else here has."""
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").replace("\r", "\n") + "\n"


class Reworded(Written):
    """The letter as it was changed, and the version that its page showed."""

    version = forms.IntegerField(min_value=1)
