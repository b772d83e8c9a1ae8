"""What a question may cost: its own work counts, not what else the machine is doing."""

import sqlite3
import time

import pytest

from monitor.site.limit import time_limit

COUNTING = "with recursive c(x) as (select 1 union all select x + 1 from c limit {}) select count(*) from c"


def test_an_endless_question_is_ended_and_the_connection_goes_on() -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError, match="interrupted"), time_limit(connection, 50):
        connection.execute(COUNTING.format(-1)).fetchone()
    assert connection.execute(COUNTING.format(10_000)).fetchone() == (10_000,)


def test_a_question_that_had_to_wait_is_answered() -> None:
    connection = sqlite3.connect(":memory:")
    connection.create_function("wait", 0, lambda: time.sleep(0.2))
    with time_limit(connection, 100):
        connection.execute("select wait()").fetchone()
        assert connection.execute(COUNTING.format(10_000)).fetchone() == (10_000,)


def test_one_that_waits_for_ever_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sqlite3.connect(":memory:")
    monkeypatch.setattr("monitor.site.limit.WAITING_TIMES", 1)
    connection.create_function("wait", 0, lambda: time.sleep(0.2))
    with pytest.raises(sqlite3.OperationalError, match="interrupted"), time_limit(connection, 100):
        connection.execute("select wait()").fetchone()
        connection.execute(COUNTING.format(10_000)).fetchone()
