"""Where is the speech kept that a print was learned from?

It is written before the print is, and taken back where there will be none; what a crash leaves
`erasing.delete_orphaned_samples` finds.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from audio.media.encoding import pcm, wav
from voiceprints.enrolment.voice_extraction import Samples
from voiceprints.models import Voiceprint
from voiceprints.models.voiceprints import sample_path


@contextmanager
def kept_sample(voiceprint: Voiceprint, samples: Samples | None) -> Iterator[None]:
    """Give a print that is about to be saved its sample, where samples are kept."""
    if samples is None or not settings.KEEP_SAMPLES:
        yield
        return
    path = sample_path(voiceprint, "sample.wav")
    voiceprint.sample.name = default_storage.save(path, ContentFile(wav(pcm(samples))))
    try:
        yield
    except BaseException:
        default_storage.delete(voiceprint.sample.name)
        raise
