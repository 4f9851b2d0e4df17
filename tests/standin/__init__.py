"""A pretend Discord that speaks real HTTP and WebSocket, for tests that run the real bot against it.

It keeps Discord's rules, records everything, and can be made to fail at any moment. It must never need the
product: it shares no code with it, and talks to nothing but loopback.
"""

from standin.commands import Upload
from standin.errors import ImpossibleError
from standin.faults import DROP, HANG, PROCEED, Answer
from standin.interaction import Interaction
from standin.model import Channel, Flag, Guild, Message, Permission, User
from standin.people import Discord
from standin.process import BotProcess

__all__ = [
    "DROP",
    "HANG",
    "PROCEED",
    "Answer",
    "BotProcess",
    "Channel",
    "Discord",
    "Flag",
    "Guild",
    "ImpossibleError",
    "Interaction",
    "Message",
    "Permission",
    "Upload",
    "User",
]
