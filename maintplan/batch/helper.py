"""A worker process beside a Dask worker: ``python -m maintplan.batch.helper DESCRIPTOR PARENT``."""

from __future__ import annotations

import os
import signal
import sys

from maintplan.batch import loaded, row, workers

__all__ = ["loaded"]


def main() -> None:
    """Run rows until nobody asks for more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wire = workers.connected(int(sys.argv[1]))
    parent = int(sys.argv[2])
    workers.ready()
    while True:
        while not wire.poll(1.0):
            if os.getppid() != parent:
                return
        try:
            job = wire.recv()
        except EOFError:
            return
        try:
            found: object = row.run(job)
        except Exception as error:  # noqa: BLE001 - it is raised where the job came from
            found = error
        wire.send(found)


if __name__ == "__main__":
    main()
