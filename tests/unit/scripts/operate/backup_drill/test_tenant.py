"""The drill's comparison of two exports of a tenant. tests/system/test_lifecycle.py exports a real one."""

from scripts.operate.backup_drill.tenant import Export, differences, without_secrets


def test_each_object_that_was_added_removed_or_changed_is_named() -> None:
    before: Export = {"clients": {"1": {"name": "Site"}, "2": {"name": "Shop", "callbacks": []}}, "client-grants": {}}
    after: Export = {
        "clients": {"2": {"name": "Shop", "callbacks": ["x"]}, "3": {"name": "Tills"}},
        "client-grants": {"cgr_1": {"id": "cgr_1"}},
    }
    assert list(differences(before, after)) == [
        "client-grants cgr_1 added",
        "clients Site removed",
        "clients Shop changed",
        "clients Tills added",
    ]
    assert list(differences(after, after)) == []


def test_no_secret_is_exported_however_deep_it_is() -> None:
    row = {
        "name": "Amazon",
        "client_secret": "a",
        "options": {"client_id": "b", "client_secret": "c", "app_secret": "d", "private_key": "e"},
        "list": [{"signing_keys": ["f"], "pem": "g", "kept": 1}],
        "updated_at": "2026-11-30",
    }
    assert without_secrets(row) == {"name": "Amazon", "options": {"client_id": "b"}, "list": [{"kept": 1}]}
