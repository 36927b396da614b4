import pytest

from scripts.build.data_files.apis import load_apis
from scripts.local_stack import probe
from scripts.tools import ROOT


def test_a_guarded_list_must_answer_401_and_its_health_200() -> None:
    assert probe.expected("/api/movies") == {"/api/movies/health": 200, "/api/movies": 401}


def test_a_public_list_must_answer_200(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = load_apis(ROOT / "functions")
    documents["movies"]["paths"]["/movies"]["get"]["security"] = []
    monkeypatch.setattr(probe, "load_apis", lambda _folder: documents)
    probe._public_paths.cache_clear()
    assert probe.expected("/api/movies") == {"/api/movies": 200, "/api/movies/health": 200}
    probe._public_paths.cache_clear()
