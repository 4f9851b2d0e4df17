"""Tells somebody something as a direct message, where nothing is lost if it does not arrive: they can look it up too.

It never fails, and never stands in the way of what it tells.
"""

import asyncio
import logging

from bot.delivery.sender import Sender, SendFailed

logger = logging.getLogger(__name__)

# Nobody waits for it, but the next one does.
LETTER_TIMEOUT_S = 15.0


class Letters:
    """Writes to people, once and without trying again.

    Args:
        sender: Writes the messages.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, user_id: int, text: str, *, nonce: str) -> None:
        """Write to somebody, if they can be reached now.

        Args:
            user_id: To whom.
            text: At most 2,000 characters; mentions in it ping nobody.
            nonce: By which Discord recognises a repetition for some minutes, at most 25 characters.
        """
        try:
            async with asyncio.timeout(LETTER_TIMEOUT_S):
                await self._sender.write_to(user_id, text, nonce=nonce)
        except (SendFailed, TimeoutError) as error:
            logger.info("%d gets no direct message: %s", user_id, str(error) or type(error).__name__)
