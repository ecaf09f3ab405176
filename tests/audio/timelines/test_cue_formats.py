"""The pitfalls of WebVTT, SRT and RTTM."""

import pytest

from audio.timelines.entries import timeline_entries
from audio.timelines.export import Export, Unreadable
from audio.timelines.registry import read_timeline

Shown = list[tuple[float, float | None, str]]
GUID = "da72d1c6-0376-5a8b-8104-79363fa82cb9"


def shown(text: str, **options: str) -> Shown:
    return _shown(read_timeline(text, **options))  # type: ignore[arg-type]


def _shown(export: Export) -> Shown:
    return [(entry.start, entry.end, entry.name) for entry in export.entries]


def vtt(*cues: str) -> str:
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def test_hours_may_be_missing_and_settings_may_follow() -> None:
    text = vtt("01:02.500 --> 01:04.000 align:start position:10%\n<v Ana>Hi")

    assert shown(text) == [(62.5, 64.0, "Ana")]


def test_a_part_may_have_one_digit_and_decimals_are_a_fraction() -> None:
    text = vtt(f"{GUID}/1-0\n0:0:0.0 --> 0:0:5.320\n<v Ana>Hi</v>")

    assert shown(text) == [(0.0, 5.32, "Ana")]


def test_times_of_teams_without_identifiers_are_recognised() -> None:
    text = vtt("0:0:0.0 --> 0:0:5.320\n<v Ana>Hi</v>")

    assert read_timeline(text).format == "teams_vtt"


def test_negative_times_stay_negative() -> None:
    text = vtt(f"{GUID}/1-0\n-00:00:02.120 --> 00:00:01.000\n<v Ana>Hi</v>")

    assert shown(text) == [(-2.12, 1.0, "Ana")]


def test_headers_notes_styles_and_regions_are_skipped() -> None:
    text = (
        "WEBVTT - A title\nKind: captions\nLanguage: en\n\nNOTE Ana: 00:00 --> not a cue\n\n"
        "STYLE\n::cue {}\n\nREGION\nid:fred\n\n00:01.000 --> 00:02.000\n<v Ana>Hi\n"
    )

    assert shown(text) == [(1.0, 2.0, "Ana")]


def test_entities_and_tags_are_decoded() -> None:
    text = vtt("00:01.000 --> 00:02.000\n<v Ana &amp;&nbsp;Ben>a <i>b</i> &lt;c&gt;")

    [entry] = read_timeline(text).entries

    assert (entry.name, entry.text) == ("Ana & Ben", "a b <c>")


@pytest.mark.parametrize(
    "words",
    [
        "10:30 Standup: moved",
        '{"speaker": "Ana"}',
        "https://example.org: here",
        "We all agreed at the end of it: the plan is good",
        "1234: 5678",
        "No colon at all",
        f"{'x' * 61}: too long",
    ],
)
def test_text_before_a_colon_is_not_always_a_name(words: str) -> None:
    text = vtt("00:01.000 --> 00:02.000\n" + words, "00:03.000 --> 00:04.000\nAna Ruiz: Hi")

    export = read_timeline(text)

    assert _shown(export) == [(3.0, 4.0, "Ana Ruiz")]
    assert export.dropped == {"no_name": 1}


def test_a_full_width_colon_ends_a_name_too() -> None:
    assert shown(vtt("00:01.000 --> 00:02.000\n王伟\uff1a早上好")) == [(1.0, 2.0, "王伟")]


def test_a_cue_of_zoom_without_a_name_continues_the_last_one() -> None:
    text = vtt(
        "1\n00:01.000 --> 00:02.000\nAna Ruiz: Good",
        "2\n00:02.000 --> 00:03.000\nmorning.",
        "3\n00:04.000 --> 00:05.000\nBo: Hi.",
    )

    assert shown(text) == [(1.0, 2.0, "Ana Ruiz"), (2.0, 3.0, "Ana Ruiz"), (4.0, 5.0, "Bo")]


def test_a_turn_cut_into_cues_is_one_entry() -> None:
    cues = (f"{at}\n00:{at:02d}.000 --> 00:{at:02d}.800\nAna Ruiz: yes" for at in range(1, 9))

    entries, facts = timeline_entries(read_timeline(vtt(*cues)), 10.0)

    assert [(entry.start, entry.end) for entry in entries] == [(1.0, 8.8)]
    assert facts.entries == 1


def test_cues_of_one_person_that_are_further_apart_stay_apart() -> None:
    text = vtt("00:01.000 --> 00:02.000\n<v A B>a", "00:02.300 --> 00:03.000\n<v A B>b")

    entries, _ = timeline_entries(read_timeline(text), 10.0)

    assert len(entries) == 2


@pytest.mark.parametrize(
    "name", ["", "Unknown Speaker", "Speaker 1", "Participant 3", "Guest", "Guest (External)"]
)
def test_a_placeholder_is_dropped(name: str) -> None:
    text = vtt(f"00:01.000 --> 00:02.000\n<v {name}>a", "00:03.000 --> 00:04.000\n<v Ana>b")

    export = read_timeline(text)

    assert _shown(export) == [(3.0, 4.0, "Ana")]
    assert export.dropped == {"placeholder": 1}


def test_a_telephone_number_is_a_name() -> None:
    assert shown(vtt("00:01.000 --> 00:02.000\n<v +49 30 1234567>a")) == [
        (1.0, 2.0, "+49 30 1234567")
    ]


@pytest.mark.parametrize(
    "text",
    [
        vtt(f"{GUID}/1-0\n00:01.000 --> 00:02.000\nGood morning."),
        vtt("NOTE Confidence: 0.91", "00:01.000 --> 00:02.000\ngood morning"),
    ],
)
def test_a_file_of_teams_without_names_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(Unreadable, match=r"^timeline: nobody is named in it; .*default in Teams"):
        read_timeline(text)


def test_the_name_of_webex_may_stand_above_the_times() -> None:
    text = vtt(
        '1 "Ana Ruiz" (101)\n00:01.000 --> 00:02.000\nGood morning.',
        '2 "Bo" (102)\n00:02.000 --> 00:03.000\n<v Bo Li>Hi.',
    )

    export = read_timeline(text)

    assert export.format == "webex_vtt"
    assert [(one.name, one.session_id) for one in export.entries] == [
        ("Ana Ruiz", "101"),
        ("Bo Li", ""),
    ]


def test_a_cue_with_two_voices_shows_both() -> None:
    text = vtt("00:01.000 --> 00:02.000\n<v Ana>Yes.</v>\n<v.loud Bo>No.</v>")

    assert shown(text) == [(1.0, 2.0, "Ana"), (1.0, 2.0, "Bo")]


def test_metadata_of_teams_has_absolute_times_where_the_start_is_known() -> None:
    text = vtt(
        "00:00:01.000 --> 00:00:02.000\n"
        '{"startDateTime": "1970-01-01T00:01:00.5000000Z", "speakerName": "Ana -->",'
        ' "endDateTime": "1970-01-01T00:01:02.0000000Z", "spokenText": "a --> b"}'
    )

    assert shown(text) == [(1.0, 2.0, "Ana -->")]
    assert _shown(read_timeline(text, recording_start=50.0)) == [(10.5, 12.0, "Ana -->")]


def test_cues_without_blank_lines_between_them_are_read() -> None:
    text = "WEBVTT\n00:01.000 --> 00:02.000\n<v A B>a\n00:02.000 --> 00:03.000\n<v C D>b\n"

    assert shown(text) == [(1.0, 2.0, "A B"), (2.0, 3.0, "C D")]


def test_a_cue_whose_times_cannot_be_read_is_refused_with_its_line() -> None:
    text = vtt("00:01.000 --> 00:02.000\n<v Ana>a", "soon --> later\n<v Ana>b")

    with pytest.raises(Unreadable, match=r"^timeline line 6: expected HH:MM:SS\.mmm"):
        read_timeline(text)


def test_srt_has_points_or_commas() -> None:
    text = (
        "1\n00:00:01,130 --> 00:00:02.680\nAna Ruiz: Hi\n\n2\n00:00:03,000 --> 00:00:04,000\nx\n"
    )

    export = read_timeline(text)

    assert (export.format, _shown(export)) == ("srt", [(1.13, 2.68, "Ana Ruiz")])
    assert export.dropped == {"no_name": 1}


def test_rttm_has_tabs_comments_and_other_records() -> None:
    text = (
        ";; a comment\nSPKR-INFO m 1 <NA> <NA> <NA> unknown Ana_Ruiz <NA> <NA>\n"
        "SPEAKER\tm\t1\t1.5\t2\t<NA>\t<NA>\tAna_Ruiz\t<NA>\t<NA>\n"
    )

    assert shown(text) == [(1.5, 3.5, "Ana Ruiz")]


def test_rttm_of_two_recordings_is_refused() -> None:
    text = "SPEAKER a 1 0 1 <NA> <NA> Ana <NA> <NA>\nSPEAKER b 1 0 1 <NA> <NA> Ana <NA> <NA>\n"

    with pytest.raises(Unreadable, match=r"^timeline line 2: expected the lines of one recording"):
        read_timeline(text)


def test_rttm_with_a_short_line_is_refused_with_its_number() -> None:
    with pytest.raises(Unreadable, match=r"^timeline line 2: expected lines SPEAKER"):
        read_timeline("\nSPEAKER a 1 0 one <NA> <NA> Ana\n")


def test_more_than_half_without_a_length_is_refused() -> None:
    text = vtt(*(f"00:0{at}.000 --> 00:0{at}.000\n<v Ana>a" for at in range(3)))

    with pytest.raises(Unreadable, match=r"expected entries that end after they start"):
        read_timeline(text)


def test_an_entry_without_a_length_is_dropped() -> None:
    text = vtt("00:01.000 --> 00:01.000\n<v Ana>a", "00:03.000 --> 00:04.000\n<v Ana>b")

    export = read_timeline(text)

    assert (_shown(export), export.dropped) == ([(3.0, 4.0, "Ana")], {"no_length": 1})


def test_badges_of_teams_are_taken_off() -> None:
    text = vtt(
        f"{GUID}/1-0\n00:01.000 --> 00:02.000\n<v Ana Ruiz (Acme) External unfamiliar>a</v>"
    )

    assert shown(text) == [(1.0, 2.0, "Ana Ruiz")]


def test_captions_that_tile_the_silence_are_pointed_out() -> None:
    text = vtt(
        *(f"00:0{at}.000 --> 00:0{at + 1}.000\n<v Name {'ab'[at % 2]}>a" for at in range(5))
    )

    _, facts = timeline_entries(read_timeline(text), 5.0)

    assert [notice.code for notice in facts.notices] == ["timeline_text_cues"]
