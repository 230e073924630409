"""Sessions: which are over and why, told by a clock that the test turns."""

from __future__ import annotations

import pytest

from maintplan.errors import InputError
from maintplan.serve import options
from maintplan.serve.sessions import Sessions


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(limit=2, grace=60, idle=1800, clock=clock)


def over(sessions: Sessions) -> dict[str, str]:
    return {session.kernel: why for session, why in sessions.over()}


def test_a_page_that_never_opened_its_socket_is_over_after_the_grace(
    sessions: Sessions, clock: Clock
) -> None:
    sessions.open("k1", "ana")
    clock.now += 59
    assert over(sessions) == {}
    clock.now += 1
    assert over(sessions) == {"k1": "its page is closed"}


def test_a_closed_page_may_come_back_within_the_grace(sessions: Sessions, clock: Clock) -> None:
    sessions.open("k1", "ana")
    sessions.connect("k1", "socket")
    clock.now += 600
    sessions.disconnect("k1", "socket")
    clock.now += 30
    sessions.connect("k1", "another socket")
    clock.now += 600
    assert over(sessions) == {}
    sessions.disconnect("k1", "another socket")
    clock.now += 60
    assert over(sessions) == {"k1": "its page is closed"}


def test_a_page_that_says_that_it_closes_is_over_at_once_when_its_socket_is(
    sessions: Sessions, clock: Clock
) -> None:
    sessions.open("k1", "ana")
    sessions.connect("k1", "socket")
    sessions.disconnect("k1", "socket")
    sessions.leave("k1")
    assert over(sessions) == {"k1": "its page is closed"}


def test_an_open_page_that_nobody_touches_gives_its_kernel_back(sessions: Sessions, clock: Clock) -> None:
    sessions.open("k1", "ana")
    sessions.connect("k1", "socket")
    clock.now += 1799
    sessions.touch("k1")
    clock.now += 1799
    assert over(sessions) == {}
    clock.now += 1
    assert over(sessions) == {"k1": "nothing was done for 30 minutes"}


def test_room_is_kept_for_a_page_that_is_being_made(sessions: Sessions) -> None:
    sessions.open("k1", "ana")
    sessions.coming()
    assert sessions.is_full
    sessions.came()
    assert not sessions.is_full


def test_pages_that_were_left_can_make_room_the_longest_gone_first(sessions: Sessions, clock: Clock) -> None:
    for kernel, owner in (("k1", "ana"), ("k2", "ben"), ("k3", "ana")):
        sessions.open(kernel, owner)
        sessions.connect(kernel, kernel)
    for kernel in ("k3", "k1"):
        clock.now += 1
        sessions.disconnect(kernel, kernel)
    assert [each.kernel for each in sessions.left_by()] == ["k3", "k1"]
    assert [each.kernel for each in sessions.left_by("ben")] == []
    sessions.leave("k2")
    assert [each.kernel for each in sessions.left_by("ben")] == ["k2"]
    assert [each.kernel for each in sessions.left_by()] == ["k3", "k1"]  # nobody takes it from him
    sessions.touch("k2")  # he has thought better of it
    assert [each.kernel for each in sessions.left_by("ben")] == []


def test_a_secret_is_in_no_log_line(sessions: Sessions) -> None:
    assert "s3cret" not in repr(sessions.open("k1", "s3cret"))
    assert "s3cret" not in repr(options.Options(token="s3cret"))  # noqa: S106 - a canary


@pytest.mark.parametrize(
    ("ip", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.3", False)],  # noqa: S104
)
def test_a_link_gets_a_key_wherever_others_can_reach_the_server(
    ip: str, *, local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(options.TOKEN, raising=False)
    assert bool(options.token(ip)) is not local
    monkeypatch.setenv(options.TOKEN, "ours")
    assert options.token(ip) == "ours"


@pytest.mark.parametrize(
    ("text", "path"), [("/", "/"), ("plans", "/plans/"), ("/a/plans", "/a/plans/"), ("", "/")]
)
def test_a_base_url_has_a_slash_at_both_ends(text: str, path: str) -> None:
    assert options.base_url(text) == path


@pytest.mark.parametrize("text", ["http://x/", "/a?b", "/a/../b", "a b", "#x"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write the path alone"):
        options.base_url(text)
