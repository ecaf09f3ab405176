"""The admin pages of transcripts: search by words, speakers and dates, and the transcript page."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, TextField
from django.forms import Media, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from audio.formats.renderer import NATIVE_FORMATS
from audio.merge.name_spelling import readable
from voiceprints.admin.colours import read_palette
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, has_permissions
from voiceprints.admin.transcript.similar_speakers_page import elsewhere_view
from voiceprints.admin.transcript.snippets import find_snippets
from voiceprints.admin.transcript.speaker_page import naming_view
from voiceprints.admin.transcript.transcript_filters import NamesFilter, SpokenByFilter
from voiceprints.admin.transcript.transcript_page import TranscriptPage, build_transcript_page
from voiceprints.models import Transcript, audit
from voiceprints.models.audit import Action
from voiceprints.people.erasure_marks import lock_names
from voiceprints.templatetags.page_filters import clock_s
from voiceprints.transcripts.forgotten_names import forget_mentions
from voiceprints.transcripts.transcript_store import delete_transcript

# Loaded together: a browser would find them only one after another.
_MODULES = "choice corrections editing history lines messages next pages playback words"
DESK_MODULES = [
    *(f"voiceprints/desk/{name}.js" for name in _MODULES.split()),
    "audio/front/tracks.js",
]


class TranscriptForm(ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """The form of a transcript, which saves only the fields that the user has changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The initial value is submitted too: an old page must not restore an erased name.
        if name := self.fields.get("recording_name"):
            name.show_hidden_initial = True

    def clean_recording_name(self) -> str:
        return readable(self.cleaned_data["recording_name"])


@admin.register(Transcript)
class TranscriptAdmin(LibraryAdmin):
    """The list of transcripts, and the page of each."""

    list_display = ["recording", "speakers", "created_at", "length", "retain_until"]
    list_filter = [SpokenByFilter, NamesFilter, ("created_at", admin.DateFieldListFilter), "mode"]
    date_hierarchy = "created_at"
    search_fields = ["recording_name"]
    search_help_text = 'Search for spoken words, for example: budget "heat pump" -invoice'
    ordering = ["-created_at", "id"]
    readonly_fields = ["engines", "warning_codes", "created_by"]
    fields = ["recording_name", "recorded_at", "retain_until", *readonly_fields]
    form = TranscriptForm
    formfield_overrides = {TextField: {"widget": AdminTextInputWidget}}

    @property
    def media(self) -> Media:
        """Return the scripts that these pages need: Django's others and jQuery delay them."""
        return Media(js=["admin/js/core.js", "admin/js/actions.js"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transcript]:
        transcripts: QuerySet[Transcript] = super().get_queryset(request)
        return transcripts.defer("result")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Transcript], search_term: str
    ) -> tuple[QuerySet[Transcript], bool]:
        """Search the text with the word index, and the recording's name."""
        words = search_term.strip()
        if not words:
            return queryset, False
        has_words = Q(pk__in=Transcript.objects.with_words(words).values("pk"))
        return queryset.filter(has_words | Q(recording_name__icontains=words)), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        found = list(changes.result_list.prefetch_related("speakers"))
        palette = read_palette()
        snippets = find_snippets([one.pk for one in found], changes.query)
        for transcript in found:
            transcript.snippet = snippets.get(transcript.pk, "")
            transcript.tints = palette.tints_in(transcript.speakers.all())
        changes.result_list = found
        return changes

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Forbid adding: transcripts are made from recordings."""
        return False

    @admin.display(description="transcript", ordering="recording_name")
    def recording(self, transcript: Transcript) -> SafeString:
        """Return the name, and the first block that contains the searched words."""
        snippet = getattr(transcript, "snippet", "")
        quote = format_html('<span class="snippet">{}</span>', snippet) if snippet else ""
        return format_html("{}{}", str(transcript), quote)

    @admin.display(description="length", ordering="duration")
    def length(self, transcript: Transcript) -> str:
        return clock_s(transcript.duration)

    @admin.display(description="speakers")
    def speakers(self, transcript: Transcript) -> SafeString:
        """Return the speakers' names in their colours."""
        tints = getattr(transcript, "tints", {})
        return format_html_join(
            " ", '<span class="chip {}">{}</span>', ((c, n) for n, c in tints.items())
        )

    @admin.display(description="engines")
    def engines(self, transcript: Transcript) -> str:
        return ", ".join(f"{job}: {model}" for job, model in transcript.engine_models.items())

    @admin.display(description="warnings")
    def warning_codes(self, transcript: Transcript) -> str:
        return ", ".join(str(warning) for warning in transcript.warnings)

    def get_urls(self) -> list[URLPattern]:
        speaker = "<uuid:transcript_id>/speaker/<int:speaker_id>/"
        view, pages = self.admin_site.admin_view, "voiceprints_transcript"
        return [
            path(speaker, view(naming_view(self)), name=f"{pages}_speaker"),
            path("<uuid:transcript_id>/desk/", view(self.desk_view), name=f"{pages}_desk"),
            path(f"{speaker}elsewhere/", view(elsewhere_view(self)), name=f"{pages}_elsewhere"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            "desk_modules": DESK_MODULES,
            **self._desk(request, object_id),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def desk_view(self, request: HttpRequest, transcript_id: UUID) -> HttpResponse:
        """Return the part of the page that corrections change, which its script shows anew."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = self._desk(request, str(transcript_id))
        if context["page"] is None:
            raise Http404
        context["original"] = context["page"].transcript
        return TemplateResponse(request, "admin/voiceprints/transcript/desk.html", context)

    def _desk(self, request: HttpRequest, transcript_id: str) -> dict[str, Any]:
        """Return what the desk shows; `page` is None where there is nothing to be seen."""
        page: TranscriptPage | None = None
        if self.has_view_or_change_permission(request):
            page = build_transcript_page(transcript_id, request.GET)
        if page and request.method == "GET":
            audit.record(actor_of(request), Action.TRANSCRIPT_READ, transcript=page.transcript_id)
        return {
            "page": page,
            "exports": NATIVE_FORMATS,
            "may_name": self.has_change_permission(request),
            "may_see_people": has_permissions(request, "view_person"),
        }

    def save_model(
        self, request: HttpRequest, obj: Transcript, form: "ModelForm[Transcript]", change: bool
    ) -> None:
        obj.recording_name = forget_mentions(obj.recording_name, lock_names())
        obj.save(update_fields=form.changed_data)
        if form.changed_data:
            Transcript.objects.filter(pk=obj.pk).count_version()
            audit.record(actor_of(request), Action.TRANSCRIPT_CHANGED, transcript=obj.pk)

    def delete_model(self, request: HttpRequest, obj: Transcript) -> None:
        delete_transcript(obj.pk, actor=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        for transcript in queryset.values_list("pk", flat=True):
            delete_transcript(transcript, actor=actor_of(request))

    def get_deleted_objects(
        self, objs: Iterable[Transcript], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what the confirmation page lists: transcripts, not each of their blocks."""
        transcripts = list(objs)
        lacking = set() if self.has_delete_permission(request) else {"transcript"}
        consequences = [f"{transcript}: with its speakers and text" for transcript in transcripts]
        return consequences, {"transcripts": len(transcripts)}, lacking, []
