"""How a value is refused: one exception with a code that is a flag in reports and a sentence that says what to do."""


class InvalidValue(Exception):  # noqa: N818 - named for the value that is refused, in the words of the reports
    """A text that cannot be the value it was given as.

    `message` never repeats the text: it may hold a personal identity code, and messages reach logs and reports.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
