"""The admin pages of vocabularies: the terms of an API key, one a line."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import CharField, ChoiceField, ModelForm, Textarea
from django.http import HttpRequest

from audio.api.authentication import client_names
from audio.merge.name_spelling import readable
from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH, MAX_TERMS
from voiceprints.admin.library_admin import LibraryAdmin, actor_of
from voiceprints.models import Vocabulary
from voiceprints.vocabularies import replace_terms


class VocabularyForm(ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """The terms of a key, one a line."""

    key = ChoiceField(help_text="The name of the API key whose transcripts have these spellings.")
    terms = CharField(
        required=False,
        widget=Textarea(attrs={"rows": 20, "cols": 60}),
        help_text=f"Names and jargon as they are spelled, one a line; at most {MAX_TERMS}.",
    )

    class Meta:
        model = Vocabulary
        fields = ["key", "terms"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].choices = [(name, name) for name in sorted(client_names())]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["terms"] = "\n".join(self.instance.terms)

    def clean_terms(self) -> list[str]:
        """Return the terms; refuse too many, and one that is too long."""
        lines = self.cleaned_data["terms"].splitlines()
        terms = list(dict.fromkeys(filter(None, map(readable, lines))))
        if len(terms) > MAX_TERMS:
            raise ValidationError(f"Expected at most {MAX_TERMS} terms, got {len(terms)}.")
        for number, term in enumerate(terms, 1):
            if len(term) > MAX_TERM_LENGTH:
                message = f"Term {number}: expected at most {MAX_TERM_LENGTH} characters."
                raise ValidationError(message)
        return terms


@admin.register(Vocabulary)
class VocabularyAdmin(LibraryAdmin):
    """The vocabularies of API keys."""

    form = VocabularyForm
    list_display = ["key", "term_count", "updated_at"]
    search_fields = ["key"]

    @admin.display(description="terms")
    def term_count(self, vocabulary: Vocabulary) -> int:
        return len(vocabulary.terms)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Vocabulary | None = None
    ) -> list[str]:
        return ["key"] if obj else []

    def save_model(self, request: HttpRequest, obj: Vocabulary, form: Any, change: bool) -> None:
        stored = replace_terms(obj.key, obj.terms, actor=actor_of(request))
        obj.pk = stored.pk

    def has_delete_permission(self, request: HttpRequest, obj: Vocabulary | None = None) -> bool:
        """Offer no deletion: an empty list does it, and its version is needed."""
        return False
