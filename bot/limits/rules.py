"""What moderators decide: limits and settings of a server, a role or a member.

Every change is written together with its trail, and on what was there when it was written: of two moderators at once
neither undoes the other's work.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import texts
from bot.clock import Clock
from bot.errors import Refusal
from bot.limits.limits import EffectiveLimits, Kind, Limits, ServerSettings, Source, effective_limits
from bot.limits.policy import Member
from bot.limits.rulebook import Rulebook
from bot.limits.trail import Action, Actor, Change, changes_by, note_change
from bot.limits.values import SETTINGS, unknown, value_from, value_text
from storage import audit, ledger, settings
from storage.audit import AuditEntry
from storage.database import Database, Transaction, once
from storage.settings import Scope, Subject

# What fits on a screen or two; the trail itself has no end.
HISTORY_COUNT = 25


class OnlyForServers(Refusal):
    """The setting is the server's as a whole; a role or a member cannot have their own."""


class ChannelElsewhere(Refusal):
    """The channel is not one of this server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSetting:
    """A limit or a setting as it holds, in words, and where it comes from."""

    name: str
    text: str
    source: Source

    @property
    def is_unlimited(self) -> bool:
        """Whether nobody has set it, and so it limits nothing."""
        return self.source is Source.DEFAULT and self.text == texts.NO_LIMIT


class RulesService:
    """Shows and changes what holds in a server.

    Args:
        database: Where it is written.
        clock: The source of time.
        rulebook: What holds.
    """

    def __init__(self, database: Database, *, clock: Clock, rulebook: Rulebook) -> None:
        self._database = database
        self._clock = clock
        self._rulebook = rulebook

    async def of_server(self, guild_id: int) -> Sequence[EffectiveSetting]:
        """Return the limits of members who have none of their own, and the settings of the server."""
        return await self._database.transaction(self._of_server, guild_id)

    async def of_role(self, guild_id: int, *, role_id: int) -> Sequence[EffectiveSetting]:
        """Return the limits of members who have this role alone."""
        return await self._database.transaction(self._of_role, guild_id, role_id)

    async def of_member(self, member: Member) -> Sequence[EffectiveSetting]:
        """Return the limits of a member."""
        return await self._database.transaction(self._of_member, member)

    async def set_for(self, subject: Subject) -> Mapping[str, Any]:
        """Return what is set for somebody themselves: values by the names of limits and settings."""
        content = await self._database.transaction(settings.find, subject)
        return {name: value for name, value in content.items() if name in SETTINGS}

    async def history(self, guild_id: int) -> Sequence[AuditEntry]:
        """Return what was decided in a server, the newest first, at most ``HISTORY_COUNT``."""
        return await self._database.transaction(
            audit.latest, guild_id=guild_id, actions=tuple(Action), limit=HISTORY_COUNT
        )

    async def set(
        self, subject: Subject, name: str, text: str, *, actor: Actor, channel_ids: Collection[int] = ()
    ) -> Change:
        """Set a limit or a setting for somebody. An interaction counts once, however often it arrives.

        Args:
            subject: For whom.
            name: Which limit or setting.
            text: The value, as people write it.
            actor: Who does it.
            channel_ids: The channels of the server, of which a setting may name one.

        Raises:
            UnknownSetting: There is no such limit or setting.
            WrongValue: The text is no value of it.
            OnlyForServers: A role or a member cannot have it.
            ChannelElsewhere: The channel is not among those of the server.
        """
        value = value_from(name, text)
        if subject.scope is not Scope.SERVER and name not in Limits.model_fields:
            raise OnlyForServers(texts.ONLY_FOR_SERVERS.format(name=name), hint=texts.ONLY_FOR_SERVERS_HINT)
        is_channel = SETTINGS[name].facts_of(name).kind is Kind.CHANNEL
        if is_channel and value is not None and value not in channel_ids:
            raise ChannelElsewhere(texts.CHANNEL_ELSEWHERE, hint=texts.CHANNEL_ELSEWHERE_HINT)
        return await once(self._database, self._set, subject, name, value, actor)

    async def reset(self, subject: Subject, name: str | None = None, *, actor: Actor) -> Sequence[Change]:
        """Take back what is set for somebody, so that the next wider scope decides again.

        An interaction counts once, however often it arrives.

        Args:
            subject: For whom.
            name: Which limit or setting; None for all of them.
            actor: Who does it.

        Raises:
            UnknownSetting: There is no such limit or setting.
        """
        if name is not None and name not in SETTINGS:
            raise unknown(name)
        return await once(self._database, self._reset, subject, name, actor)

    def _of_server(self, transaction: Transaction, guild_id: int) -> Sequence[EffectiveSetting]:
        server = self._rulebook.of_server(transaction, guild_id).settings
        own = [
            EffectiveSetting(
                name=name,
                text=value_text(name, getattr(server, name)),
                source=Source.SERVER if name in server.model_fields_set else Source.DEFAULT,
            )
            for name in ServerSettings.model_fields
        ]
        return [*self._of_role(transaction, guild_id), *own]

    def _of_role(
        self, transaction: Transaction, guild_id: int, role_id: int | None = None
    ) -> Sequence[EffectiveSetting]:
        roles = settings.of_roles(transaction, guild_id=guild_id, role_ids=[role_id] if role_id else [])
        effective = effective_limits(
            defaults=self._rulebook.operator.limits,
            server=self._rulebook.of_server(transaction, guild_id).limits,
            roles=[Limits.from_stored(content) for content in roles],
            member=Limits(),
        )
        return _shown(effective)

    def _of_member(self, transaction: Transaction, member: Member) -> Sequence[EffectiveSetting]:
        server = self._rulebook.of_server(transaction, member.guild_id)
        return _shown(self._rulebook.limits_of(transaction, member, server))

    def _set(self, transaction: Transaction, subject: Subject, name: str, value: Any, actor: Actor) -> Change:
        before = _locked(transaction, subject)
        if earlier := changes_by(transaction, Action.SET, actor=actor):
            return earlier[0]
        [change] = self._replace(transaction, subject, before, before | {name: value}, [name], actor=actor)
        return change

    def _reset(
        self, transaction: Transaction, subject: Subject, name: str | None, actor: Actor
    ) -> Sequence[Change]:
        before = _locked(transaction, subject)
        if earlier := changes_by(transaction, Action.SET, actor=actor):
            return earlier
        gone = [one for one in before if one in SETTINGS and name in (None, one)]
        after = {one: value for one, value in before.items() if one not in gone}
        return self._replace(transaction, subject, before, after, gone, actor=actor)

    def _replace(
        self,
        transaction: Transaction,
        subject: Subject,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        names: Iterable[str],
        *,
        actor: Actor,
    ) -> Sequence[Change]:
        settings.put(transaction, subject, after)
        changes = [
            Change(
                name=name,
                before=self._text(name, before, scope=subject.scope),
                after=self._text(name, after, scope=subject.scope),
            )
            for name in names
        ]
        whom = f"{subject.scope.value}:{subject.id}"
        for change in changes:
            note_change(transaction, Action.SET, whom, change, actor=actor, at=self._clock.now())
        return changes

    def _text(self, name: str, content: Mapping[str, Any], *, scope: Scope) -> str:
        """Return what is set, or for a server the default that holds instead, in words."""
        if name in content:
            return value_text(name, content[name])
        if scope is not Scope.SERVER:
            return texts.NOT_SET
        defaults = self._rulebook.operator.limits if name in Limits.model_fields else ServerSettings()
        return texts.VALUE_BY_DEFAULT.format(value=value_text(name, getattr(defaults, name)))


def _locked(transaction: Transaction, subject: Subject) -> dict[str, Any]:
    """Read what is set for somebody; nobody else changes anything in their server until the transaction ends."""
    ledger.lock(transaction, guild_id=subject.guild_id, member_ids=[])
    return dict(settings.find(transaction, subject))


def _shown(effective: EffectiveLimits) -> list[EffectiveSetting]:
    return [
        EffectiveSetting(name=name, text=value_text(name, getattr(effective.limits, name)), source=source)
        for name, source in effective.sources.items()
    ]
