"""Who runs this bot: the one place that decides who may act on what others asked for."""

from collections.abc import Iterable

from bot import texts
from bot.errors import Refusal


class NotAnOperator(Refusal):
    """Only the people who run this bot may do that."""


class Operators:
    """The people who run this bot.

    Args:
        configured: Their Discord ids. When there are none, the owners of the application are the operators, who are
            known only after the login.
    """

    def __init__(self, configured: Iterable[int]) -> None:
        self._configured = frozenset(configured)
        self._owners: frozenset[int] = frozenset()

    def learn_owners(self, owner_ids: Iterable[int]) -> None:
        """Take note of whom the application belongs to."""
        self._owners = frozenset(owner_ids)

    @property
    def ids(self) -> frozenset[int]:
        """Everybody who is an operator now."""
        return self._configured or self._owners

    def require(self, member_id: int) -> None:
        """Refuse everybody else.

        Raises:
            NotAnOperator: They do not run this bot.
        """
        if member_id not in self.ids:
            raise NotAnOperator(texts.ONLY_OPERATORS)
