"""A command, its answer, and the verdict on that."""

from typing import Any

from gbcs import payload


class Exchange:
    """A command, its answer or None, and the verdict on that.

    `use_case` is the name of the use case; `at` is milliseconds since 2000.
    """

    __slots__ = ("answer", "at", "command", "use_case", "verdict")

    def __init__(self, use_case: str, command: bytes, answer: "bytes | None", verdict: Any, at: int) -> None:  # fmt: skip  # noqa: E501
        self.use_case = use_case
        self.command = command
        self.answer = answer
        self.verdict = verdict
        self.at = at

    @property
    def payload(self) -> Any:
        """The decoded payload of a response whose checks did not fail, or None."""
        return self.verdict.payload if self.verdict is not None and self.verdict.is_clean else None

    @property
    def is_success(self) -> bool:
        """Whether a response came, no check of it failed, and all its results are success."""
        record = self.payload
        if record is None:
            return False
        if isinstance(record, payload.Asn1):
            value = record.field[2]
            return value == 0 or (isinstance(value, list) and _all_zero(value))
        if hasattr(record, "components"):
            return all(_component_is_fine(component) for component in record.components)
        return all(item[2] == 0 for item in record.items)


def _all_zero(fields: "list[Any]") -> bool:
    return all(field[2] == 0 for field in fields if field[0] in ("result", "status"))


def _component_is_fine(component: Any) -> bool:
    fields = component.fields or ()
    return not any(field[0] == "status" and field[2] != 0 for field in fields)
