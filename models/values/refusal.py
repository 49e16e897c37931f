"""Refusal of a value: an exception with a code, which is a flag in reports, and a sentence that tells what to do."""


class InvalidValue(Exception):  # noqa: N818 - named for the refused value, in the words of the reports
    """A text that is not a valid value of its kind.

    `message` never repeats the text: it may hold a personal identity code, and messages reach logs and reports.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
