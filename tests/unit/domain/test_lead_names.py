import pytest

from ecg_service.domain.lead_names import MAX_NAME_LENGTH, is_label, lead_name

STANDARD = [
    *("I", "II", "III", "aVR", "aVL", "aVF"),
    *(f"V{n}" for n in range(1, 10)),
    *("V3R", "V4R", "V5R", "V6R", "Vx", "Vy", "Vz", "MLI", "MLII", "MLIII", "MCL1", "MCL6"),
]


@pytest.mark.parametrize("name", STANDARD)
def test_a_standard_lead_gets_its_usual_form_from_any_case(name: str) -> None:
    spellings = {name, name.lower(), name.upper(), name.swapcase()}
    assert {lead_name(spelling) for spelling in spellings} == {name}


@pytest.mark.parametrize(
    "name",
    ["V10", "V0", "v7r", "v2r", "aVR ECG", "ii lead", "ECG", "ß", "ﬁ", "V١"],  # noqa: RUF001
)
def test_other_names_stay_as_they_are(name: str) -> None:
    assert lead_name(name) == name


@pytest.mark.parametrize("text", ["", " ", " I", "I ", "I\n", "\0", "\x7f", "\u200b", "x" * 33])
def test_what_cannot_be_printed_plainly_is_no_name(text: str) -> None:
    assert lead_name(text) is None
    assert not is_label(text)


@pytest.mark.parametrize("text", ["I", "a b", "é", "心", "👍", "x" * MAX_NAME_LENGTH])
def test_printable_text_of_a_good_length_is_a_label(text: str) -> None:
    assert is_label(text)


def test_length_is_counted_in_characters_up_to_the_given_limit() -> None:
    assert [is_label("心" * n, max_length=3) for n in (0, 1, 3, 4)] == [False, True, True, False]
