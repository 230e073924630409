"""Every door that is not the app's is shut: tried by hand, as a curious visitor or a scanner would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import websockets
from websockets.exceptions import InvalidStatus

pytestmark = pytest.mark.browser
CLOSED = [
    "plan.yaml",
    "plans.db",
    "plans.db-wal",
    "notebooks/maintenance_plan.ipynb",
    "maintenance_plan.ipynb",
    "voila/files/maintenance_plan.ipynb",
    "voila/files/..%2fpyproject.toml",
    "..%2f..%2fpyproject.toml",
    "voila/static/..%2f..%2f..%2fetc%2fpasswd",
    "voila/templates/app/static/../index.html.j2",
    "voila/templates/base/static/voila.js",
    "voila/labextensions/@jupyter-widgets/jupyterlab-manager/..%2f..%2f..%2fx",
    "voila/labextensions/jupyterlab-plotly/package.json",
    "voila/api/themes/@jupyterlab/theme-dark-extension/index.css",
    "voila/query/00000000-0000-0000-0000-000000000000",
    "voila/execution/00000000-0000-0000-0000-000000000000",
    "voila/tree",
    "voila/render/maintenance_plan.ipynb",
    "voila/api/contents",
    "api",
    "api/kernels",
    "api/kernels/00000000-0000-0000-0000-000000000000",
    "api/kernels/00000000-0000-0000-0000-000000000000/channels",
    "api/contents",
    "api/sessions",
    "api/terminals",
    "api/me",
    "login",
    "logout",
    "maintplan/fonts/README.md",
    "maintplan/fonts/..%2freport%2findex.html.j2",
    "?plan=nobody",
    "?plan=../plan.yaml",
    "?plan=/etc/passwd",
    "?plan=sqlite:///plans.db%23directory",
    "?plan=directory@1",
]
WORDS = ("Traceback", "--debug", "cell [", "tornado", "jupyter", 'File "')
KERNEL = re.compile(r'"kernelId": "([0-9a-f-]{36})"')


@pytest.mark.parametrize("path", CLOSED)
def test_it_is_not_there(served: Any, path: str) -> None:
    status, text, headers = served.ask(f"/{path}")
    assert status in (403, 404), path
    assert not any(word in text for word in WORDS)
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_app_its_scripts_and_its_health_are_there(served: Any) -> None:
    status, text, headers = served.ask("/?plan=directory&question=rollout")
    assert status == 200
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "HttpOnly" in headers["Set-Cookie"]
    assert "Directory" in text
    for path in ("voila/static/voila.js", "maintplan/fonts/inter-latin-wght-normal.woff2"):
        assert _status(served, f"/{path}") == 200
    status, text, _ = served.ask("/healthz")
    assert (status, json.loads(text)["status"]) == (200, "ok")


def _status(served: Any, path: str) -> int:
    try:
        return int(served.ask(path)[0])
    except UnicodeDecodeError:  # a font is no text, but there
        return 200


def test_the_words_of_the_question_are_in_the_first_html_before_anything_runs(served: Any) -> None:
    _, text, _ = served.ask("/?plan=directory&question=rollout")
    head, _, _ = text.partition("jupyter-config-data")
    assert "How will you manage feature rollout" in head or "rollout" in head.lower()
    assert "Phased feature rollout strategy" in head
    assert "Executing" not in text


def test_a_visitor_who_leaves_before_the_page_is_made_is_no_failure(served: Any) -> None:
    host = urlsplit(served.root)
    with socket.create_connection((host.hostname, host.port)) as visitor:
        visitor.sendall(f"GET /?plan=directory HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode())
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert served.told("127.0.0.1 left before the page was made")
    assert "broke off" not in served.log


def test_a_page_that_leaves_before_its_socket_is_open_is_no_failure(served: Any) -> None:
    kernel, cookies = _opened(served)
    host = urlsplit(served.root)
    asks = (
        f"GET /api/kernels/{kernel}/channels?session_id=abc HTTP/1.1\r\nHost: {host.netloc}\r\n"
        f"Origin: http://{host.netloc}\r\nCookie: {cookies}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    for _ in range(3):
        with socket.create_connection((host.hostname, host.port)) as visitor:
            visitor.sendall(asks)
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    asyncio.run(_say(served, kernel, cookies, [_message("kernel_info_request")]))  # and it opens once more
    assert "channels" not in served.log


def test_no_template_or_theme_is_taken_from_the_address(served: Any) -> None:
    _, text, _ = served.ask("/?template=lab&voila-theme=dark&theme=dark")
    assert "maintplan-app" in text
    assert "jp-Notebook" not in text


def test_another_host_s_name_is_refused_while_there_is_no_key(served: Any) -> None:
    assert served.ask("/", Host="evil.example")[0] == 403
    assert served.ask("/healthz", Host="evil.example:80")[0] == 403
    port = urlsplit(served.link).port
    assert served.ask("/healthz", Host=f"localhost:{port}")[0] == 200


def test_a_missing_plan_is_told_in_a_sentence(served: Any) -> None:
    _, text, _ = served.ask("/?plan=nobody")
    assert "There is no such plan here" in text
    assert '<a href="/">Go to the start page</a>' in text


def _opened(served: Any, **headers: str) -> tuple[str, str]:
    """Get a page by hand; return its kernel and its cookies."""
    _, text, given = served.ask("/?plan=directory", **headers)
    found = KERNEL.search(text)
    assert found is not None
    assert "s3cret" not in text
    cookies = "; ".join(each.partition(";")[0] for each in given.get_all("Set-Cookie"))
    return found[1], cookies


async def _say(served: Any, kernel: str, cookies: str, messages: list[dict[str, Any]]) -> list[str]:
    """Send messages over a kernel's socket, and return the types of what comes back."""
    parts = urlsplit(served.root)
    address = f"ws://{parts.netloc}/api/kernels/{kernel}/channels?session_id=abc"
    headers = {"Cookie": cookies, "Origin": f"http://{parts.netloc}"}
    found = []
    async with websockets.connect(address, additional_headers=headers) as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        with contextlib.suppress(TimeoutError):  # what has come by then is what there is
            async with asyncio.timeout(60):
                while "kernel_info_reply" not in found:
                    answer = await socket.recv()
                    found.append(json.loads(answer)["msg_type"] if isinstance(answer, str) else "binary")
    return found


def _message(kind: str, channel: str = "shell", **content: Any) -> dict[str, Any]:
    header = {
        "msg_id": kind,
        "msg_type": kind,
        "session": "abc",
        "username": "",
        "version": "5.3",
        "date": "",
    }
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "buffers": [],
        "channel": channel,
    }


def test_nothing_is_run_over_the_socket_and_no_widget_of_the_visitor_s_choice_is_made(served: Any) -> None:
    kernel, cookies = _opened(served)
    mark = served.folder / "run"
    code = f"open({str(mark)!r}, 'w').close()"
    state = {"_model_module": "@jupyter-widgets/controls", "_model_name": "TextModel"}
    messages = [
        _message("execute_request", code=code, silent=False, store_history=False, user_expressions={}),
        _message("execute_request", "control", code=code, silent=False),
        _message("shutdown_request", "control", restart=True),
        _message("interrupt_request", "control"),
        _message("debug_request", "control", command="evaluate"),
        _message("complete_request", code="import o", cursor_pos=8),
        _message("comm_open", comm_id="x", target_name="jupyter.widget", data={"state": state}),
        _message("kernel_info_request"),
    ]
    found = asyncio.run(_say(served, kernel, cookies, messages))
    assert "kernel_info_reply" in found
    assert not {"execute_reply", "execute_input", "complete_reply", "shutdown_reply"} & set(found)
    assert not mark.exists()
    assert served.told("refused: a message of session")


@pytest.mark.parametrize("which", ["none", "another"])
def test_a_kernel_s_socket_opens_for_the_browser_that_got_it_alone(served: Any, which: str) -> None:
    kernel, own = _opened(served)
    cookies = "" if which == "none" else _opened(served)[1]
    with pytest.raises(InvalidStatus) as caught:
        asyncio.run(_say(served, kernel, cookies, [_message("kernel_info_request")]))
    assert caught.value.response.status_code == 403
    assert served.ask(f"/api/kernels/{kernel}", Cookie=cookies)[0] == 403
    assert served.told("which is another browser's")
    if cookies:  # two first pages that come at the same moment give a browser both, and both are its own
        found = asyncio.run(_say(served, kernel, f"{cookies}; {own}", [_message("kernel_info_request")]))
        assert "kernel_info_reply" in found


def test_a_kernel_s_socket_opens_for_no_page_of_another_site(served: Any) -> None:
    kernel, cookies = _opened(served)

    async def from_elsewhere() -> None:
        netloc = urlsplit(served.root).netloc
        headers = {"Cookie": cookies, "Origin": "http://evil.example"}
        address = f"ws://{netloc}/api/kernels/{kernel}/channels?session_id=abc"
        async with websockets.connect(address, additional_headers=headers):
            pass

    with pytest.raises(InvalidStatus) as caught:
        asyncio.run(from_elsewhere())
    assert caught.value.response.status_code in (403, 404)


@pytest.fixture(scope="module")
def keyed(everybodys: Any, serving: Any) -> Iterator[Any]:
    """A server with a key and without a home, as a service may be.

    It gives the kernel of a page back that nobody touches for three seconds.
    """
    more = {"MAINTPLAN_TOKEN": "s3cret-key", "MAINTPLAN_IDLE": "3", "MAINTPLAN_POOL": "1"}
    nowhere = dict.fromkeys(("HOME", "XDG_DATA_HOME"), "/proc/nowhere")
    with serving(everybodys.path.parent, "--plan", everybodys.address, **more, **nowhere) as running:
        yield running


def test_with_a_key_nothing_is_shown_without_it(keyed: Any) -> None:
    assert keyed.link.endswith("?token=s3cret-key")
    for path in ("/", "/?plan=directory", "/?token=wrong"):
        status, text, _ = keyed.ask(path)
        assert status == 403
        assert "needs its key" in text
        assert "Directory" not in text
    assert keyed.ask("/maintplan/key")[0] == 403
    assert keyed.ask("/maintplan/key?token=s3cret-key")[1] == "s3cret-key"  # for the link that one sends on
    assert keyed.ask("/healthz")[0] == 200
    assert "refused" not in keyed.log  # a hub looks every minute, without a key
    assert keyed.ask("/", Accept="text/html")[0] == 403
    assert keyed.told("refused: 127.0.0.1 came without the key")


def test_a_page_at_which_nobody_does_anything_gives_its_kernel_back(keyed: Any) -> None:
    key = {"Authorization": "token s3cret-key"}
    kernel, cookies = _opened(keyed, **key)

    async def only_beats() -> int | None:
        """Ask whether the kernel is there, as an open page does all the time."""
        address = f"ws://{urlsplit(keyed.root).netloc}/api/kernels/{kernel}/channels?session_id=abc"
        headers = {"Cookie": cookies, "Origin": f"http://{urlsplit(keyed.root).netloc}", **key}
        beat = _message("comm_msg", comm_id="x", data={"method": "custom", "content": {"do": "ping"}})
        async with websockets.connect(address, additional_headers=headers) as socket:
            with contextlib.suppress(websockets.exceptions.ConnectionClosed):
                for _ in range(600):
                    await socket.send(json.dumps(beat))
                    await asyncio.sleep(0.2)
            return socket.close_code

    for process in (*keyed.warm(), *keyed.kernels()):
        assert "s3cret" not in json.dumps(process.environ())
    assert asyncio.run(only_beats()) == 4410
    assert keyed.told("ended, nothing was done for")
    assert "s3cret" not in keyed.log
    assert "nowhere" not in keyed.log
