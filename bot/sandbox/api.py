"""The pretend API as a server: the real one's routes, a file route and a control route.

Use it as ``async with Sandbox() as sandbox``; everything it started is gone when the block ends.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web

from bot.sandbox.asset_scenarios import ASSET_SCENARIOS
from bot.sandbox.assets import KINDS, status_faults_of, submit_faults_of
from bot.sandbox.contract import SD2_MANXUE, VIDEOS, Family, faults_of, order_of
from bot.sandbox.films import FORMATS
from bot.sandbox.scenarios import SCENARIOS, Act, Mischief, UnknownScenario
from bot.sandbox.studio import Fetch, Studio, fetch_over_http
from bot.sandbox.wire import (
    BODY_MAX_BYTES,
    Refused,
    answer,
    json_object,
    named_refusals,
    refuse_faults,
    spoiled_file,
    with_key,
)
from bot.sandbox.world import ARMED_MAX, Status, Task, World

PREFIXES = ("", "/kyyReactApiServer")  # the real host serves under the second; both work here
SHUTDOWN_S = 1.0  # for answers under way when the sandbox closes


class Sandbox:
    """A running pretend API.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        queue_s: How long a task is queued.
        run_s: How long it is processed after that.
        review_s: How long an asset is under review.
        height: Shorter side of every video in pixels; None gives the resolution asked for.
        codec: ``h264`` in MP4, or ``vp9`` in WebM for browsers without H.264.
        data_dir: Where videos are kept; None takes a temporary directory that is removed at the end.
        fetch: Reads reference pictures instead of HTTP; raises OSError, ValueError or LookupError.
        now: Returns Unix seconds; tests may turn it by hand.

    Attributes:
        url: Base URL without a slash at the end, once entered.
        world: What has happened so far, once entered.
    """

    url: str
    world: World

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        queue_s: float = 3.0,
        run_s: float = 12.0,
        review_s: float = 3.0,
        height: int | None = None,
        codec: str = "h264",
        data_dir: Path | None = None,
        fetch: Fetch | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._host = host
        self._port = port
        self._height = height
        self._format = FORMATS[codec]
        self._codec = codec
        self._data_dir = data_dir
        self._fetch = fetch
        self._open_world = partial(
            World, queue_s=queue_s, run_s=run_s, review_s=review_s, suffix=self._format.suffix, now=now
        )
        self._closing = asyncio.Event()
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            folder = self._data_dir or Path(opened.enter_context(tempfile.TemporaryDirectory()))
            folder.mkdir(parents=True, exist_ok=True)
            self.world = self._open_world(folder=folder)
            session = await opened.enter_async_context(aiohttp.ClientSession())
            self._studio = Studio(
                folder,
                short_side_px=self._height,
                codec=self._codec,
                fetch=self._fetch or partial(fetch_over_http, session),
                assets=self.world.assets,
            )
            opened.push_async_callback(self._studio.close)
            self.url = await self._listen(opened)
            opened.callback(self._closing.set)
            self._opened = opened.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def _listen(self, opened: AsyncExitStack) -> str:
        app = web.Application(middlewares=[named_refusals], client_max_size=BODY_MAX_BYTES)
        app.add_routes(self._routes())
        runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S, access_log=None)
        opened.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, self._host, self._port).start()
        return f"http://{self._host}:{runner.addresses[0][1]}"

    def _routes(self) -> list[web.RouteDef]:
        routes = [
            web.get("/files/{name}", self._file),
            web.get("/_sandbox", self._state),
            web.post("/_sandbox/scenarios", self._arm),
            web.post("/_sandbox/reset", self._reset),
        ]
        for prefix in PREFIXES:
            for family, path in ((VIDEOS, "/v1/videos/videos"), (SD2_MANXUE, "/v1/sd2_manxue/videos")):
                routes.append(web.post(prefix + path, with_key(partial(self._create, family=family))))
            routes += [
                web.get(prefix + "/v1/result/{id:.+}", with_key(self._query)),
                web.post(prefix + "/asset/sd2Manxue/assetUpload", with_key(self._submit_assets)),
                web.post(prefix + "/asset/sd2Manxue/assetStatus", with_key(self._asset_status)),
            ]
        return routes

    async def _create(self, request: web.Request, *, family: Family) -> web.StreamResponse:
        world = self.world
        world.create_count += 1
        body = await json_object(request)
        world.record(body)
        refuse_faults([*faults_of(body, family), *world.assets.faults_of(body)])
        order = order_of(body, family)
        scenario = world.scenario_for(order)
        mischief = world.spoils(scenario.create, key=order.prompt)
        if mischief and not mischief.accepts:
            return await answer(request, {}, mischief=mischief, closing=self._closing)
        task = world.accept(order, scenario=scenario)
        plain = {**_facts(task), "status": Status.QUEUED, "error": None}
        return await answer(request, plain, mischief=mischief, closing=self._closing)

    async def _query(self, request: web.Request) -> web.StreamResponse:
        self.world.query_count += 1
        task = self.world.tasks.get(request.match_info["id"])
        if task is None:
            raise Refused(404, "-1", f"no task {request.match_info['id']}")
        status = self.world.status_of(task)
        plain = {**_facts(task), "status": status, "video_url": None, "error": None}
        if status is Status.FAILED:
            plain["error"] = task.scenario.error
        if status is Status.COMPLETED:
            plain["video_url"] = str(request.url.origin().with_path(f"/files/{task.file_name}"))
            plain["actualDuration"] = float(task.order.duration_s)
        mischief = self.world.spoils(task.scenario.query, key=task.task_id, status=status)
        return await answer(request, plain, mischief=mischief, closing=self._closing)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self.world.download_count += 1
        task = self.world.task_of_file(request.match_info["name"])
        if task is None or self.world.status_of(task) is not Status.COMPLETED:
            raise Refused(404, "404", f"no file {request.match_info['name']}")
        content_type = self._format.content_type
        mischief = self.world.spoils(task.scenario.download, key=task.task_id)
        if mischief and mischief.act not in (Act.TRUNCATE, Act.DRIP):
            return await answer(request, {}, mischief=mischief, closing=self._closing)
        path = await self._studio.film(task.order, file_name=task.file_name)
        if mischief:
            data = await asyncio.to_thread(path.read_bytes)
            return await spoiled_file(
                request, data, mischief=mischief, content_type=content_type, closing=self._closing
            )
        return web.FileResponse(path, headers={"Content-Type": content_type})

    async def _submit_assets(self, request: web.Request) -> web.StreamResponse:
        body = await json_object(request)
        refuse_faults(list(submit_faults_of(body)))
        self.world.submit_count += 1
        links = [(kind, link) for name, kind in KINDS.items() for link in _texts(body.get(name))]
        scenarios = self.world.scenario_for_assets([link for _, link in links])
        stories = [(scenario.submit, link) for scenario, (_, link) in zip(scenarios, links, strict=True)]
        mischief = self._first_mischief(stories)
        if mischief and not mischief.accepts:
            return await answer(request, {}, mischief=mischief, closing=self._closing)
        reachable = await asyncio.gather(*(self._studio.is_reachable(link) for _, link in links))
        items, failed = [], []
        for (kind, link), scenario, is_there in zip(links, scenarios, reachable, strict=True):
            entry = {"assetType": kind, "originalUrl": link}
            if not (is_there and scenario.is_reachable):
                failed.append({**entry, "errorMessage": "the URL cannot be reached"})
                continue
            asset = self.world.assets.add(link, kind=kind, scenario=scenario)
            if scenario.is_listed:
                items.append({**entry, "assetId": asset.asset_id, "status": "submitted"})
        return await answer(request, _success(items, failed), mischief=mischief, closing=self._closing)

    async def _asset_status(self, request: web.Request) -> web.StreamResponse:
        body = await json_object(request)
        refuse_faults(list(status_faults_of(body)))
        asset_ids = _texts(body["assetIds"])
        found = [asset for asset_id in asset_ids if (asset := self.world.assets.find(asset_id))]
        mischief = self._first_mischief([(asset.scenario.look, asset.asset_id) for asset in found])
        seen = [(asset_id, self.world.assets.status(asset_id)) for asset_id in asset_ids]
        items = [{"assetId": asset_id, "status": status} for asset_id, status in seen if status]
        failed = [
            {"assetId": asset_id, "errorMessage": "not found"} for asset_id, status in seen if not status
        ]
        return await answer(request, _success(items, failed), mischief=mischief, closing=self._closing)

    def _first_mischief(self, stories: Sequence[tuple[Mischief | None, str]]) -> Mischief | None:
        """Return the first mischief that befalls a call about several assets."""
        spoilt = (self.world.spoils(mischief, key=key) for mischief, key in stories)
        return next((mischief for mischief in spoilt if mischief), None)

    async def _state(self, _: web.Request) -> web.StreamResponse:
        world = self.world
        return web.json_response(
            {
                "create_count": world.create_count,
                "accepted_count": len(world.tasks),
                "query_count": world.query_count,
                "download_count": world.download_count,
                "armed": world.armed,
                "scenarios": {name: scenario.about for name, scenario in SCENARIOS.items()}
                | {name: scenario.about for name, scenario in ASSET_SCENARIOS.items()},
                "tasks": [{**_facts(task), "status": world.status_of(task)} for task in world.tasks.values()],
                "creates": world.creates,
            }
        )

    async def _arm(self, request: web.Request) -> web.StreamResponse:
        body = await json_object(request)
        count = body.get("count", 1)
        if type(count) is not int or not 1 <= count <= ARMED_MAX:
            raise Refused(400, "bad_count", f"count must be a whole number from 1 to {ARMED_MAX}")
        try:
            self.world.set_scenario(body.get("scenario"), count)
        except UnknownScenario as error:
            more = f"; for assets: {', '.join(ASSET_SCENARIOS)}"
            raise Refused(400, "unknown_scenario", f"{error}{more}") from error
        return web.json_response({"armed": self.world.armed})

    async def _reset(self, _: web.Request) -> web.StreamResponse:
        self.world.reset()
        return web.json_response({"armed": []})


def _facts(task: Task) -> dict[str, object]:
    return {
        "id": task.task_id,
        "object": "video",
        "created": int(task.created_at),
        "model": task.order.model,
    }


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _success(items: list[dict[str, str]], failed: list[dict[str, str]]) -> dict[str, object]:
    return {"code": "0", "msg": None, "data": {"items": items, "failedItems": failed}}
