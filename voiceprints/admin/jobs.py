"""The admin pages of jobs: their state, progress and errors."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from voiceprints.admin.library_admin import LibraryAdmin
from voiceprints.jobs.completion import cancel_job
from voiceprints.models import Job
from voiceprints.templatetags.page_filters import clock_s

FIELDS = (
    *("name", "kind", "state", "percentage", "reason", "attempts", "transcript_page"),
    *("created_by", "created_at", "started_at", "finished_at", "length", "engines"),
    *("sha256", "webhook_url", "webhook_state"),
)


@admin.register(Job)
class JobAdmin(LibraryAdmin):
    """Jobs, which users may read and cancel; only the API returns results, to their owners."""

    list_display = [
        "__str__",
        "kind",
        "state",
        "percentage",
        "length",
        "engines",
        "transcript_page",
        "attempts",
        "created_by",
        "created_at",
    ]
    list_filter = ["state", "kind"]
    date_hierarchy = "created_at"
    search_fields = ["name", "id", "sha256"]
    search_help_text = "Search by the recording's name or SHA-256 digest, or by the job's id."
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ["cancel_jobs"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        jobs: QuerySet[Job] = super().get_queryset(request)
        lean = jobs.defer("result", "options", "transcript__result")
        return lean.select_related("transcript")

    @admin.display(description="progress", ordering="progress")
    def percentage(self, job: Job) -> str:
        return f"{job.progress:.0%}"

    @admin.display(description="length", ordering="audio_s")
    def length(self, job: Job) -> str:
        return "" if job.audio_s is None else clock_s(job.audio_s)

    @admin.display(description="engines")
    def engines(self, job: Job) -> str:
        """Return the models that made the transcript."""
        models = {} if job.transcript is None else job.transcript.engine_models
        return ", ".join(dict.fromkeys(map(str, models.values())))

    @admin.display(description="transcript")
    def transcript_page(self, job: Job) -> str:
        """Return a link to the transcript."""
        if job.transcript is None:
            return ""
        page = reverse("admin:voiceprints_transcript_change", args=[job.transcript.pk])
        return format_html('<a href="{}">{}</a>', page, job.transcript)

    @admin.display(description="error")
    def reason(self, job: Job) -> str:
        return str((job.error or {}).get("message", ""))

    @admin.action(description="Cancel the selected jobs", permissions=["change"])
    def cancel_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        cancelled = sum(cancel_job(job) for job in jobs.values_list("pk", flat=True))
        messages.info(request, f"Jobs cancelled: {cancelled}. The others had already ended.")
