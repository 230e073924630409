"""Executes notebooks with one of papermill's engines: run_engine.py ENGINE OUT NOTEBOOK..."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from pathlib import Path

from maintplan import lean

with lean.without(*lean.FORMATS):
    import papermill


def main() -> None:
    engine, out, *notebooks = sys.argv[1:]
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    for each in map(Path, notebooks):
        raised = None
        with tempfile.TemporaryDirectory() as folder:
            try:
                papermill.execute_notebook(
                    each.absolute(),
                    Path(out).absolute() / each.name,
                    engine_name=engine,
                    progress_bar=False,
                    # Each cell takes a second at the most. Now and then a stock kernel keeps its reply back
                    # until it is interrupted, which leaves the outputs as they are.
                    execution_timeout=20,
                    cwd=folder,
                )
            except Exception as error:  # noqa: BLE001 - which one it is, is compared
                raised = [type(error).__name__, getattr(error, "ename", ""), getattr(error, "evalue", "")]
        (Path(out) / f"{each.stem}.json").write_text(json.dumps(raised))


if __name__ == "__main__":
    main()
