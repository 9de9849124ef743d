import io
import json

from skdigits._cli.readings import Reading, print_readings

READINGS = [
    Reading("seven.png", [(7, 0.98765432), (1, 0.01), (2, 0.001)]),
    Reading("blank.png", [(1, 0.3), (4, 0.2), (0, 0.1)], note="no digit found"),
    Reading("no, picture.png", error="'no, picture.png' is no picture."),
]


def readings_as(form, n_best=1, readings=READINGS):
    file = io.StringIO()
    print_readings(readings, n_best, form, file)
    return file.getvalue()


def test_table_has_a_line_for_each_file():
    lines = readings_as("table", 2).splitlines()
    assert lines[0].split() == ["file", "digit", "confidence", "2.", "note"]
    assert lines[2].split() == ["seven.png", "7", "98.8%", "1", "1.0%"]
    assert lines[3].split() == [
        "blank.png",
        "1",
        "30.0%",
        "4",
        "20.0%",
        "no",
        "digit",
        "found",
    ]
    assert lines[4].split() == ["no,", "picture.png", *"----", "not", "read"]
    assert len(lines) == 5


def test_table_has_a_column_of_notes_only_if_there_are_any():
    assert "note" not in readings_as("table", 1, READINGS[:1])


def test_lines_of_a_table_are_never_broken_in_a_file(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    readings = [Reading("folder/" * 30 + "seven.png", [(7, 1.0)])]
    assert len(readings_as("table", 1, readings).splitlines()) == 3


def test_json_gives_every_object_the_same_keys():
    records = json.loads(readings_as("json", 2))
    assert records == [
        {
            "file": "seven.png",
            "digit": 7,
            "confidence": 0.987654,
            "alternatives": [{"digit": 1, "confidence": 0.01}],
            "note": None,
            "error": None,
        },
        {
            "file": "blank.png",
            "digit": 1,
            "confidence": 0.3,
            "alternatives": [{"digit": 4, "confidence": 0.2}],
            "note": "no digit found",
            "error": None,
        },
        {
            "file": "no, picture.png",
            "digit": None,
            "confidence": None,
            "alternatives": [],
            "note": None,
            "error": "'no, picture.png' is no picture.",
        },
    ]


def test_csv_has_columns_for_each_rank_and_quotes_commas():
    assert readings_as("csv", 2).splitlines() == [
        "file,digit,confidence,digit_2,confidence_2,note,error",
        "seven.png,7,0.987654,1,0.01,,",
        "blank.png,1,0.3,4,0.2,no digit found,",
        '"no, picture.png",,,,,,"\'no, picture.png\' is no picture."',
    ]


def test_submission_has_a_number_and_a_label_for_each_image():
    lines = readings_as("submission", 1, READINGS[:2]).splitlines()
    assert lines == ["ImageId,Label", "1,7", "2,1"]


def test_columns_and_keys_have_the_given_names():
    reading = Reading(
        "a.png", [("12", 0.9), ("17", 0.1)], details={"box": [0, 0, 9, 9]}
    )
    names = ("number", "probability")
    printed = {}
    for form in ("table", "csv", "json"):
        file = io.StringIO()
        print_readings([reading], 2, form, file, names)
        printed[form] = file.getvalue()
    assert printed["table"].split()[:3] == ["file", "number", "probability"]
    columns = "file,number,probability,number_2,probability_2,note,error"
    assert printed["csv"].splitlines()[0] == columns
    assert json.loads(printed["json"]) == [
        {
            "file": "a.png",
            "number": "12",
            "probability": 0.9,
            "box": [0, 0, 9, 9],
            "alternatives": [{"number": "17", "probability": 0.1}],
            "note": None,
            "error": None,
        }
    ]
