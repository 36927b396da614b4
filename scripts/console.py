"""How commands speak while they work: steps, and details below them, at once and on standard output."""


def step(text: str) -> None:
    """Say what begins now."""
    print(f"==> {text}", flush=True)


def detail(text: str) -> None:
    """Say something about the step under way."""
    print(f"    {text}", flush=True)
