"""Under a path behind a real nginx, in a browser that can reach no other host."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = pytest.mark.browser

PATIENCE = 150_000
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{shown}
}}
"""


def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.fail("no nginx on this machine; run the tests by: make test")
    return found


def documented() -> str:
    """Return the set-up that the guide shows, so that what is shown is what is tested."""
    text = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
    shown = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    return shown[1]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def proxied(start: Any, plans: Any, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """The app's address behind the proxy, and the server."""
    served = start("--plan", plans.address, "--base-url", "/plans/", "--trust-proxy", "127.0.0.1")
    port = free_port()
    shown = documented().replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    shown = shown.replace("http://127.0.0.1:8866", f"http://{urlsplit(served.link).netloc}")
    (tmp_path / "nginx.conf").write_text(CONFIGURATION.format(folder=tmp_path, shown=shown))
    command = [nginx(), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    if os.getuid() == 0:  # its workers have to write in the test's own folder
        command += ["-g", "user root;"]
    with (tmp_path / "nginx.log").open("w") as log, subprocess.Popen(command, stderr=log) as proxy:
        try:
            served.until(lambda: (tmp_path / "nginx.pid").exists() or proxy.poll() is not None, "nginx")
            assert proxy.poll() is None, (tmp_path / "nginx.log").read_text()
            yield f"http://127.0.0.1:{port}/plans/", served
        finally:
            proxy.terminate()
            proxy.wait(30)


@pytest.fixture
def page(chromium: Path) -> Iterator[Page]:
    """A page of a browser to which every name but this machine's own resolves to nothing."""
    arguments = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=arguments)
        shown = browser.new_page()
        shown.set_default_timeout(PATIENCE)
        yield shown
        browser.close()


def test_the_app_works_under_its_path_and_asks_no_other_host(
    proxied: tuple[str, Any], plans: Any, page: Page
) -> None:
    address, served = proxied
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda opened: asked.append(opened.url))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{address}?plan=directory&question=recovery")
    fold = page.get_by_role("button", name=re.compile("^System recovery procedures")).first
    expect(fold).to_be_enabled(timeout=PATIENCE)
    fold.click()
    page.get_by_label(re.compile("^Restore within")).fill("2 hours")
    served.until(lambda: plans.answer("directory") == "2h", "the save")
    host = urlsplit(address).netloc
    elsewhere = [
        url for url in asked if not url.startswith(("blob:", "data:")) and urlsplit(url).netloc != host
    ]
    outside = [url for url in asked if urlsplit(url).netloc == host and "/plans/" not in url]
    assert (elsewhere, outside, failed) == ([], [], [])
    assert any(url.startswith("ws:") for url in asked)
    assert served.told("plan directory, question recovery, from 127.0.0.1")
