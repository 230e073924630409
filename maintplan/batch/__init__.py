"""Many plans at once: a manifest's rows run in parallel, each by itself, and what became of each.

`manifest` reads the rows, `row` makes one plan of one row, `running` hands them to an executor and gathers
what comes back, `portfolio` looks at all of them together.
"""
