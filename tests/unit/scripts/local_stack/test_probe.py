from collections.abc import Iterator

import pytest

from scripts.build.data_files.apis import load_apis
from scripts.local_stack import probe
from tests.checkout import EXAMPLE


@pytest.fixture(autouse=True)
def _ask_the_documents_anew() -> Iterator[None]:
    probe._public_paths.cache_clear()
    yield
    probe._public_paths.cache_clear()


def test_a_guarded_list_must_answer_401_and_its_health_200(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = load_apis(EXAMPLE / "functions")
    monkeypatch.setattr(probe, "load_apis", lambda _folder: documents)
    assert probe.expected("/api/movies") == {"/api/movies/health": 200, "/api/movies": 401}


def test_a_public_list_must_answer_200(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = load_apis(EXAMPLE / "functions")
    documents["movies"]["paths"]["/movies"]["get"]["security"] = []
    monkeypatch.setattr(probe, "load_apis", lambda _folder: documents)
    assert probe.expected("/api/movies") == {"/api/movies": 200, "/api/movies/health": 200}
