"""Links that give power. Only hashes of their tokens are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.domain.communities import Invite, InviteKind
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import invites

_INVITE, _NOW = bound("invite"), bound("now")
_COLUMNS = (
    invites.c.id,
    invites.c.kind,
    invites.c.community,
    invites.c.circle,
    invites.c.made_by,
    invites.c.expires_at,
    invites.c.revoked_at,
    invites.c.used_at,
)
_CAN_BE_USED = (invites.c.used_at.is_(None), invites.c.revoked_at.is_(None), invites.c.expires_at > _NOW)
_MAKE = insert(invites).returning(*_COLUMNS)
_GET = select(*_COLUMNS).where(invites.c.id == _INVITE)
_BY_TOKEN = select(*_COLUMNS).where(invites.c.token_hash == bindparam("hashed"))
_USE = update(invites).where(invites.c.id == _INVITE, *_CAN_BE_USED).values(used_at=_NOW, used_by=bindparam("person"))
_REVOKE = (
    update(invites)
    .where(invites.c.id == _INVITE, invites.c.used_at.is_(None), invites.c.revoked_at.is_(None))
    .values(revoked_at=_NOW)
)
_STANDING = select(*_COLUMNS).where(invites.c.kind == bindparam("its_kind"), *_CAN_BE_USED).order_by(invites.c.id)
_STANDING_FOR = {
    InviteKind.ORGANIZER: _STANDING.where(invites.c.community == bindparam("target")),
    InviteKind.FACILITATOR: _STANDING.where(invites.c.circle == bindparam("target")),
}


def _invite_of(row: AnyRow) -> Invite:
    number, kind, *rest = row
    return Invite(number, InviteKind(kind), *rest)


class Invites(Repository):
    """Implements `bot.ports.Invites`."""

    __slots__ = ()

    def make(self, invite: Invite, token_hash: str, now: datetime) -> Invite:
        """Store a new one (its `id` is ignored)."""
        made = {
            "token_hash": token_hash,
            "kind": invite.kind.value,
            "community": invite.community,
            "circle": invite.circle,
            "made_by": invite.made_by,
            "made_at": now,
            "expires_at": invite.expires_at,
        }
        return _invite_of(self._connection.execute(_MAKE, made).one())

    def get(self, invite: int) -> Invite | None:
        """Return an invite."""
        row = self._one(_GET, invite=invite)
        return None if row is None else _invite_of(row)

    def by_token(self, token_hash: str) -> Invite | None:
        """Return the invite whose token has this hash."""
        row = self._one(_BY_TOKEN, hashed=token_hash)
        return None if row is None else _invite_of(row)

    def use(self, invite: int, person: int, now: datetime) -> bool:
        """Use one up; False where it is used, revoked or expired."""
        return self._do(_USE, invite=invite, person=person, now=now) > 0

    def revoke(self, invite: int, now: datetime) -> bool:
        """Take one back; False where it is used or revoked already."""
        return self._do(_REVOKE, invite=invite, now=now) > 0

    def standing(self, kind: InviteKind, target: int, now: datetime) -> tuple[Invite, ...]:
        """Return those of a community (organizers) or circle (facilitators) that can still be used."""
        rows = self._all(_STANDING_FOR[kind], its_kind=kind.value, target=target, now=now)
        return tuple(map(_invite_of, rows))
