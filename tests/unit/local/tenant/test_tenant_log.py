"""The tenant's log."""

from local.tenant.tenant_log import TenantLog


def test_it_forgets_the_oldest_rows() -> None:
    log = TenantLog()
    for number in range(1500):
        log.add("s", str(number))
    assert [row["description"] for row in log.rows()] == [str(number) for number in range(1499, 499, -1)]
