"""The WebSocket side: sessions, heartbeats, compression, resuming, and ways to make it go wrong.

It only carries events; what an event means is decided where the world changes.
"""

import asyncio
import contextlib
import json
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from aiohttp import WSCloseCode, WSMsgType, web

from standin.errors import ConnectionDroppedError
from standin.faults import Faults
from standin.model import Json
from standin.world import World

HEARTBEAT_MS = 41_250  # What Discord asks for.
REPLAY_COUNT = 1_000  # Events a lost session can catch up on.
AUTHENTICATION_FAILED, INVALID_SHARD, DISALLOWED_INTENTS = 4004, 4010, 4014


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Intent(IntFlag):
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


ANY = Intent(0)
PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT


class Connection:
    """One WebSocket, compressed as its query asked."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self._transport = request.transport
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, payload: Json) -> None:
        text = json.dumps(payload)
        if self._deflate is None:
            await self.socket.send_str(text)
        else:
            data = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(data)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


@dataclass(eq=False)
class Session:
    """What survives a lost connection. The lock keeps replayed and new events in order.

    ``shard`` is its number and how many there are; each gets what happens in its own servers.
    """

    id: str
    intents: Intent
    shard: tuple[int, int]
    sequence: int = 0
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=REPLAY_COUNT))
    connection: Connection | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def has(self, guild_id: int) -> bool:
        """Whether a server is of this shard; direct messages (0) are of the first."""
        number, count = self.shard
        return (guild_id >> 22) % count == number


class Gateway:
    """All sessions of the bot. ``identifies`` and ``resumes`` record what it said."""

    def __init__(self, world: World, faults: Faults, changed: asyncio.Condition) -> None:
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.refused_count = 0
        self.heartbeat_count = 0
        self._world = world
        self._faults = faults
        self._changed = changed
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._refusals: list[int] = []

    @property
    def is_connected(self) -> bool:
        return self.connected_count > 0

    @property
    def connected_count(self) -> int:
        return sum(session.connection is not None for session in self._sessions.values())

    def refuse_next(self, count: int = 1, *, status: int = 503) -> None:
        """Answer the next handshakes with an HTTP error."""
        self._refusals += [status] * count

    async def drop(self) -> None:
        """Cut every connection without a word; sessions can be resumed."""
        for connection in tuple(self._connections):
            connection.abort()
            self._forget(connection)

    async def ask_reconnect(self) -> None:
        await self._tell_all({"op": Op.RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        await self._tell_all({"op": Op.INVALID_SESSION, "d": resumable})
        if not resumable:
            self._sessions.clear()

    async def close(self) -> None:
        for connection in tuple(self._connections):
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)

    async def dispatch(self, event: str, data: Json, *, needs: Intent = ANY) -> None:
        """Send an event to every session that asked for such, or keep it for when that one resumes."""
        guild_id = int(data.get("guild_id") or 0)
        for session in tuple(self._sessions.values()):
            if needs in session.intents and session.has(guild_id):
                async with session.lock:
                    await self._send(session, event, data)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Carry one connection from handshake to end."""
        if self._refusals:
            self.refused_count += 1
            await self._notify()
            return web.Response(status=self._refusals.pop(0))
        if (
            request.query.get("compress") not in {None, "zlib-stream"}
            or request.query.get("encoding") != "json"
        ):
            self._world.violations.append(f"gateway query {request.query_string}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(request, socket)
        self._connections.add(connection)
        try:
            await connection.send({"op": Op.HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS, "_trace": []}})
            await self._listen(connection)
        except (ConnectionError, ConnectionDroppedError):
            connection.abort()
        finally:
            self._forget(connection)
            await self._notify()
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            payload = json.loads(message.data)
            match payload["op"]:
                case Op.HEARTBEAT:
                    self.heartbeat_count += 1
                    await connection.send({"op": Op.HEARTBEAT_ACK, "d": None})
                case Op.IDENTIFY:
                    await self._identify(connection, payload["d"])
                case Op.RESUME:
                    await self._resume(connection, payload["d"])
            await self._notify()

    async def _identify(self, connection: Connection, data: Json) -> None:
        self.identifies.append(data)
        intents = Intent(data["intents"])
        if data["token"] != self._world.token:
            await connection.socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return
        if intents & PRIVILEGED:
            self._world.violations.append(f"privileged intents asked for: {intents & PRIVILEGED!r}")
            await connection.socket.close(code=DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
            return
        number, count = data.get("shard", (0, 1))
        if not 0 <= number < count:
            await connection.socket.close(code=INVALID_SHARD, message=b"Invalid shard.")
            return
        session = Session(secrets.token_hex(16), intents, (number, count), connection=connection)
        self._sessions[session.id] = session
        async with session.lock:
            await self._send(session, "READY", self._ready(session))
            for id_ in filter(session.has, self._world.guilds):
                await self._send(session, "GUILD_CREATE", self._guild(id_))

    async def _resume(self, connection: Connection, data: Json) -> None:
        self.resumes.append(data)
        session = self._sessions.get(data["session_id"])
        if session is None or data["token"] != self._world.token:
            await connection.send({"op": Op.INVALID_SESSION, "d": False})
            return
        async with session.lock:
            for event in session.events:
                if event["s"] > data["seq"]:
                    await connection.send(event)
            session.connection = connection
            await self._send(session, "RESUMED", {"_trace": []})

    async def _send(self, session: Session, event: str, data: Json) -> None:
        session.sequence += 1
        payload = {"op": Op.DISPATCH, "t": event, "s": session.sequence, "d": data}
        session.events.append(payload)
        connection = session.connection
        if connection is None:
            return
        try:
            await self._faults.apply("GATEWAY", event, "before")
            await connection.send(payload)
            await self._faults.apply("GATEWAY", event, "after")
        except (ConnectionError, ConnectionDroppedError):
            connection.abort()
            self._forget(connection)

    async def _tell_all(self, payload: Json) -> None:
        for connection in tuple(self._connections):
            with contextlib.suppress(ConnectionError):
                await connection.send(payload)

    def _forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
        for session in self._sessions.values():
            if session.connection is connection:
                session.connection = None

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _ready(self, session: Session) -> Json:
        world = self._world
        return {
            "v": 10,
            "user": world.bot.payload() | {"verified": True, "mfa_enabled": False, "email": None, "flags": 0},
            "guilds": [{"id": str(id_), "unavailable": True} for id_ in filter(session.has, world.guilds)],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": world.url.replace("http", "ws", 1) + "/gateway/",
            "application": {"id": str(world.application_id), "flags": 0},
            "shard": session.shard,
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
        }

    def _guild(self, id_: int) -> Json:
        guild = self._world.guilds[id_]
        lists = ("threads", "voice_states", "presences", "stage_instances", "guild_scheduled_events")
        channels = self._world.channels_of(guild)
        return {
            **guild.payload(),
            **{name: [] for name in lists},
            "channels": [channel.payload(bot_id=self._world.bot.id) for channel in channels],
            "members": [self._world.bot.member_payload()],
            "member_count": len(guild.members),
            "joined_at": self._world.now().isoformat(),
            "large": False,
            "unavailable": False,
            "soundboard_sounds": [],
        }
