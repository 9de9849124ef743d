import dataclasses
import json

from skdigits._strings.reading import Alternative, Box, DigitReading, Reading


def test_reading_of_nothing_is_empty():
    nothing = Reading()
    assert (nothing.text, nothing.probability, nothing.box) == ("", 0, None)
    assert nothing.digits == nothing.alternatives == ()


def test_reading_can_be_written_as_json():
    box = Box(0, 0, 5, 9)
    reading = Reading(
        "7", 0.9, box, (DigitReading("7", 0.9, box),), (Alternative("7", 0.9),)
    )
    record = json.loads(json.dumps(dataclasses.asdict(reading)))
    assert record["digits"] == [{"label": "7", "probability": 0.9, "box": [0, 0, 5, 9]}]
    assert record["alternatives"] == [["7", 0.9]]
