"""What a check raises when all is not well."""


class ProblemError(Exception):
    """A check found a problem; `str` is the problem, `fix` what the person at the terminal does about it."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.fix = fix
