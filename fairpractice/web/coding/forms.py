"""What the pages of coding are sent, checked."""

from django import forms

from fairpractice.web.coding.finding import Kind


class Settled(forms.Form):
    """Which finding, what was chosen, and the form's own id."""

    token = forms.UUIDField()
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    key = forms.CharField(max_length=64)
    choice = forms.CharField(max_length=50)


class Further(forms.Form):
    """After whom to look further."""

    after = forms.UUIDField(required=False)


class Read(forms.Form):
    """The wording of a letter that was read, and whether it may be coded from."""

    version = forms.IntegerField(min_value=1)
    cleared = forms.BooleanField(required=False)
