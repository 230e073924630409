"""``maintplan serve``: the app, with production settings."""

from __future__ import annotations

from typing import Annotated

import typer

from maintplan.errors import InputError, Where

PORT = 8866


def serve(
    plan: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A plan file, or a store with or without #name; a store of your own where nothing is said.",
        ),
    ] = None,
    template: Annotated[
        str, typer.Option(help="For plans that are begun: a template's name or path.")
    ] = "maintenance-rollout",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = PORT,
    ip: Annotated[
        str, typer.Option(help="Address to listen on. Beyond this machine, links get a key.")
    ] = "127.0.0.1",
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="PATH", help="Path below which the app lives.")
    ] = "/",
    sessions: Annotated[int, typer.Option(min=1, max=10_000, help="Pages that may be open at once.")] = 20,
    upload_limit: Annotated[
        int,
        typer.Option(
            "--upload-limit", metavar="MB", min=1, max=500, help="Largest file; plan files have 2 MB at most."
        ),
    ] = 10,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option("--trust-proxy", metavar="IP", help="A proxy whose word on visitors counts."),
    ] = None,
) -> None:
    """Serve the app in which people are walked through their plans."""
    import ipaddress  # noqa: PLC0415 - a command imports what it needs

    from maintplan import serve as server  # noqa: PLC0415
    from maintplan.serve import options  # noqa: PLC0415

    for each in trust_proxy or []:
        try:
            ipaddress.ip_address(each)
        except ValueError:
            what = f"{each[:80]!r} is no IP address"
            raise InputError(what, Where(path="--trust-proxy"), "write one such as 10.0.0.2") from None
    server.serve(
        server.Options(
            plan=plan,
            template=template,
            port=port,
            ip=ip,
            base_url=options.base_url(base_url),
            sessions=sessions,
            upload_limit=upload_limit * options.MEGABYTE,
            trusted=tuple(trust_proxy or ()),
            token=options.token(ip),
            grace=options.number(options.GRACE, server.Options.grace, 1),
            idle=options.number(options.IDLE, server.Options.idle, 1),
            pool=int(options.number(options.POOL, server.Options.pool, 0)),
        )
    )
