"""The engine: executes a notebook's cells without a kernel server, with the same outputs as one.

`maintplan.engine.papermill` is the entry point for papermill; `maintplan.engine.process` starts the child
that runs the cells; `maintplan.engine.kernel` is what runs there.
"""
