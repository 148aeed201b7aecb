"""What stands in a payload for a time is a time, or is refused; nothing keeps us busy."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from aurora_rt.alerts.wire import Epoch

epoch = TypeAdapter[datetime | None](Epoch)


@pytest.mark.parametrize("text", ["1e400", "-1e999", "1" + "0" * 400])
def test_a_number_without_an_end_is_no_time(text: str) -> None:
    with pytest.raises(ValidationError, match="not a time"):
        epoch.validate_python(from_json(text, allow_inf_nan=False))


@pytest.mark.parametrize("number", [1772440200, 1772440200.0, "1772440200000", 1772440200000000000])
def test_the_unit_of_a_time_is_told_by_its_size(number: object) -> None:
    assert epoch.validate_python(number) == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
