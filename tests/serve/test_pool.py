"""The kernels that wait: what could not be started is tried again, told by a clock that the test turns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from maintplan.serve.pool import Pool

if TYPE_CHECKING:
    import pytest


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Kernels:
    """What Voilà's manager does: it starts kernels until the pool is full, and leaves in it what failed."""

    def __init__(self) -> None:
        self.works = True
        self.started = 0
        self._pools: dict[str, list[asyncio.Task[Any]]] = {"plan.ipynb": []}

    def fill_if_needed(self, delay: float, notebook_name: str) -> None:
        assert delay == 0
        pool = self._pools[notebook_name]
        while len(pool) < 2:
            self.started += 1
            pool.append(asyncio.ensure_future(self._start()))

    async def _start(self) -> dict[str, Any]:
        if not self.works:
            raise ConnectionError
        return {"task": asyncio.ensure_future(asyncio.sleep(60))}


def test_kernels_that_can_t_be_started_are_tried_again_more_and_more_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def trouble() -> None:
        clock, kernels = Clock(), Kernels()
        pool = Pool(kernels, "plan.ipynb", clock)

        async def seconds(count: int) -> None:
            for _ in range(count):
                pool.look()
                await asyncio.sleep(0)
                clock.now += 1

        await seconds(10)
        assert (len(pool), kernels.started, pool.is_failing) == (2, 2, False)
        kernels.works = False
        kernels._pools["plan.ipynb"].clear()  # somebody came, and the pool is filled again
        await seconds(2)
        assert not pool.is_failing  # one failure says nothing yet
        await seconds(1)
        assert pool.is_failing
        await seconds(297)
        assert kernels.started < 30  # two at a time
        kernels.works = True
        await seconds(70)
        assert (len(pool), pool.is_failing) == (2, False)
        await pool.close()
        assert len(pool) == 0

    asyncio.run(trouble())
    assert "no kernel can be started; the next try is in 4 s" in caplog.text


def test_a_kernel_that_died_while_it_waited_is_replaced_at_once() -> None:
    async def death() -> None:
        clock, kernels = Clock(), Kernels()
        pool = Pool(kernels, "plan.ipynb", clock)
        pool.look()
        await asyncio.sleep(0)
        kernels._pools["plan.ipynb"].pop().cancel()
        pool.look(died=True)
        assert (kernels.started, pool.is_failing) == (3, False)
        await pool.close()

    asyncio.run(death())
