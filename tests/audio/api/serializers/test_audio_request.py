"""The fields that all requests of a class share."""

from audio.api.serializers.speech import SpeechRequest


def test_fields_are_made_once() -> None:
    assert SpeechRequest(data={}).fields is SpeechRequest(data={}).fields


def test_a_request_leaves_nothing_for_the_next() -> None:
    first = SpeechRequest(data={"input": "Hi.", "speed": 2})
    first.is_valid(raise_exception=True)

    second = SpeechRequest(data={"input": "Bye."})
    second.is_valid(raise_exception=True)

    assert "speed" not in second.validated_data
    assert second.validated_data["input"] == "Bye."


def test_errors_belong_to_their_own_request() -> None:
    refused = SpeechRequest(data={"speed": 99})
    good = SpeechRequest(data={"input": "Hi."})

    assert not refused.is_valid()
    assert good.is_valid()
    assert not good.errors
