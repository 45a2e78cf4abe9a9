"""The web platform's own memory on our database: what Telegram and Discord keep on their servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, false, func, select, true, update

from bot.domain.bounds import MOST_SIGN_INS
from storage.engine import Database
from storage.repository import insert as insert_into
from storage.transcript_rows import (
    WebPerson,
    WebPost,
    WebRoom,
    WebSnapshot,
    keep_newest,
    next_version,
    no_earlier,
    read_posts,
    select_posts,
    visible,
)
from storage.transcript_tables import (
    web_members,
    web_people,
    web_pictures,
    web_posts,
    web_rooms,
    web_seen,
    web_tokens,
    web_versions,
)

T = TypeVar("T")
_LOOK_EVERY = 50
"""After so many messages one looks whether its room has too many."""


class SqlTranscript:
    """The web platform's people, rooms, posts, pictures, marks and tokens. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self) -> Sequence[WebPerson]:
        """Return everybody, in the order in which they were added."""
        person = web_people.c
        query = select(person.user, person.name, person.language, person.zone).order_by(person.made_at, person.user)
        return await self._reading(lambda connection: [WebPerson(*row) for row in connection.execute(query)])

    async def person(self, user: str) -> WebPerson | None:
        """Return a person, None where there is none."""
        person = web_people.c
        query = select(person.user, person.name, person.language, person.zone).where(person.user == user)
        row = await self._reading(lambda connection: connection.execute(query).one_or_none())
        return WebPerson(*row) if row else None

    async def add_person(self, user: str, name: str, *, at: datetime, language: str = "", zone: str = "") -> None:
        """Add a person, or give one that is there a new name."""

        def work(connection: Connection) -> None:
            after = no_earlier(connection, web_people.c.made_at, at)
            values = {"user": user, "name": name, "language": language, "zone": zone, "made_at": after}
            insert = insert_into(web_people).values(values)
            connection.execute(insert.on_conflict_do_update(index_elements=["user"], set_={"name": name}))

        await self._writing(work)

    async def rooms(self, user: str, *, everywhere: bool) -> Sequence[WebRoom]:
        """Return the group rooms that a person sees, oldest first."""
        room = web_rooms.c
        query = select(room.chat, room.title, room.made_by).order_by(room.made_at, room.chat)
        if not everywhere:
            query = query.where(room.chat.in_(select(web_members.c.chat).where(web_members.c.user == user)))
        return await self._reading(lambda connection: [WebRoom(*row) for row in connection.execute(query)])

    async def room(self, chat: str) -> WebRoom | None:
        """Return a group room, None where there is none."""
        room = web_rooms.c
        query = select(room.chat, room.title, room.made_by).where(room.chat == chat)
        row = await self._reading(lambda connection: connection.execute(query).one_or_none())
        return WebRoom(*row) if row else None

    async def add_room(self, chat: str, title: str, *, at: datetime, made_by: str = "") -> None:
        """Make a room whose maker is in it; a room that is there gets the new title."""

        def work(connection: Connection) -> None:
            after = no_earlier(connection, web_rooms.c.made_at, at)
            insert = insert_into(web_rooms).values(chat=chat, title=title, made_by=made_by, made_at=after)
            connection.execute(insert.on_conflict_do_update(index_elements=["chat"], set_={"title": title}))
            if made_by:
                _admit(connection, chat, made_by)

        await self._writing(work)

    async def admit(self, chat: str, user: str) -> None:
        """Let a person into a room."""
        await self._writing(lambda connection: _admit(connection, chat, user))

    async def write(  # noqa: PLR0913  # a post's own parts
        self,
        chat: str,
        body: Mapping[str, Any],
        *,
        private: bool,
        at: datetime,
        key: str | None = None,
        author: str = "",
        only_for: str = "",
        picture: str = "",
    ) -> int:
        """Post, and return the post's id; for a `key` that was used before, the id of the post it made."""
        values = {
            "chat": chat,
            "private": private,
            "body": dict(body),
            "at": at,
            "key": key,
            "author": author,
            "only_for": only_for,
            "picture": picture,
        }

        def work(connection: Connection) -> int:
            # The counter's lock comes first: two posts with one key wait for each other here, not in the index.
            version = next_version(connection)
            if key is not None:
                earlier = connection.execute(select(web_posts.c.id).where(web_posts.c.key == key)).scalar_one_or_none()
                if earlier is not None:
                    return int(earlier)
            insert = insert_into(web_posts).values(version=version, **values)
            post = int(connection.execute(insert.returning(web_posts.c.id)).scalar_one())
            if post % _LOOK_EVERY == 0:
                keep_newest(connection, chat, private=private)
            return post

        return await self._writing(work)

    async def rewrite(self, post: int, body: Mapping[str, Any], *, at: datetime, picture: str = "") -> bool:
        """Change a post of the bot's; False where there is none."""

        def work(connection: Connection) -> bool:
            change = update(web_posts).where(web_posts.c.id == post, web_posts.c.author == "")
            version = next_version(connection)
            done = connection.execute(change.values(body=dict(body), picture=picture, version=version, edited_at=at))
            return done.rowcount > 0

        return await self._writing(work)

    async def post(self, post: int, user: str, *, everywhere: bool) -> WebPost | None:
        """Return a post that a person sees."""
        query = select_posts().where(web_posts.c.id == post, visible(user, everywhere=everywhere))
        row = await self._reading(lambda connection: connection.execute(query).one_or_none())
        return WebPost(*row) if row else None

    async def snapshot(self, user: str, *, everywhere: bool, per_room: int) -> WebSnapshot:
        """Return the newest `per_room` posts of every room that a person sees, oldest first, and their marks."""
        place = (web_posts.c.chat, web_posts.c.private)
        rank = func.row_number().over(partition_by=place, order_by=web_posts.c.id.desc()).label("rank")
        ranked = select(web_posts.c.id, rank).where(visible(user, everywhere=everywhere, by_room=True)).subquery()
        newest = select(ranked.c.id).where(ranked.c.rank <= per_room)

        def work(connection: Connection) -> WebSnapshot:
            # The version first: on a database that moves on between two queries, a post may then come twice, never not.
            version = connection.execute(select(func.max(web_versions.c.value))).scalar_one()
            posts = connection.execute(select_posts().where(web_posts.c.id.in_(newest)).order_by(web_posts.c.id)).all()
            marks = select(web_seen.c.chat, web_seen.c.private, web_seen.c.post).where(web_seen.c.user == user)
            seen = {(chat, private): post for chat, private, post in connection.execute(marks)}
            return WebSnapshot(version or 0, read_posts(posts), seen)

        return await self._reading(work)

    async def since(self, version: int, user: str, *, everywhere: bool, limit: int) -> Sequence[WebPost]:
        """Return what a person sees that was posted or edited after `version`, in order of version."""
        query = (
            select_posts()
            .where(web_posts.c.version > version, visible(user, everywhere=everywhere))
            .order_by(web_posts.c.version)
            .limit(limit)
        )
        return await self._reading(lambda connection: read_posts(connection.execute(query).all()))

    async def older(self, chat: str, user: str, *, private: bool, before: int, limit: int) -> Sequence[WebPost]:
        """Return the posts of one room before the post `before`, oldest first; the caller has checked the room."""
        here = and_(web_posts.c.chat == chat, web_posts.c.private.is_(true() if private else false()))
        query = (
            select_posts()
            .where(here, web_posts.c.id < before, web_posts.c.only_for.in_(("", user)))
            .order_by(web_posts.c.id.desc())
            .limit(limit)
        )
        return await self._reading(lambda connection: read_posts(connection.execute(query).all())[::-1])

    async def keep_picture(self, digest: str, png: bytes) -> None:
        """Keep a picture under its digest."""

        def work(connection: Connection) -> None:
            connection.execute(insert_into(web_pictures).values(digest=digest, png=png).on_conflict_do_nothing())

        await self._writing(work)

    async def picture(self, digest: str, user: str, *, everywhere: bool) -> bytes | None:
        """Return a picture that stands on a post which a person sees."""
        shown = select(web_posts.c.id).where(web_posts.c.picture == digest, visible(user, everywhere=everywhere))
        query = select(web_pictures.c.png).where(web_pictures.c.digest == digest, shown.exists())
        return await self._reading(lambda connection: connection.execute(query).scalar_one_or_none())

    async def see(self, user: str, chat: str, *, private: bool, post: int) -> None:
        """Mark everything up to `post` as seen."""

        def work(connection: Connection) -> None:
            insert = insert_into(web_seen).values(user=user, chat=chat, private=private, post=post)
            later = web_seen.c.post < post
            place = ["user", "chat", "private"]
            connection.execute(insert.on_conflict_do_update(index_elements=place, set_={"post": post}, where=later))

        await self._writing(work)

    async def waiting(self) -> Mapping[str, int]:
        """Return how many unseen posts of the bot wait in each person's private chat, for those with any."""
        mark = and_(
            web_seen.c.user == web_posts.c.chat,
            web_seen.c.chat == web_posts.c.chat,
            web_seen.c.private.is_(true()),
        )
        query = (
            select(web_posts.c.chat, func.count())
            .select_from(web_posts.outerjoin(web_seen, mark))
            .where(
                web_posts.c.private.is_(true()),
                web_posts.c.author == "",
                web_posts.c.id > func.coalesce(web_seen.c.post, 0),
            )
            .group_by(web_posts.c.chat)
        )
        return await self._reading(lambda connection: dict(tuple(row) for row in connection.execute(query)))

    async def issue(self, token_hash: str, user: str, kind: str, expires_at: datetime) -> None:
        """Keep a token's hash; beyond `MOST_SIGN_INS` of a kind, the person's oldest is forgotten."""

        def work(connection: Connection) -> None:
            values = {"token_hash": token_hash, "user": user, "kind": kind, "expires_at": expires_at}
            connection.execute(insert_into(web_tokens).values(values))
            theirs = web_tokens.c.user == user, web_tokens.c.kind == kind
            newest = select(web_tokens.c.token_hash).where(*theirs).order_by(web_tokens.c.expires_at.desc())
            kept = newest.limit(MOST_SIGN_INS).scalar_subquery()
            old = web_tokens.c.token_hash != token_hash, web_tokens.c.token_hash.not_in(kept)
            connection.execute(delete(web_tokens).where(*theirs, *old))

        await self._writing(work)

    async def bearer(self, token_hash: str, kind: str, now: datetime) -> str | None:
        """Return whose token it is, None where it is unknown or over."""
        token = web_tokens.c
        query = select(token.user).where(token.token_hash == token_hash, token.kind == kind, token.expires_at > now)
        return await self._reading(lambda connection: connection.execute(query).scalar_one_or_none())

    async def revoke(self, user: str) -> None:
        """End every link and session of a person."""
        await self._writing(lambda connection: _run(connection, delete(web_tokens).where(web_tokens.c.user == user)))

    async def _reading(self, work: Callable[[Connection], T]) -> T:
        return await self._database.read(lambda store: work(store.connection))

    async def _writing(self, work: Callable[[Connection], T]) -> T:
        return await self._database.transact(lambda store: work(store.connection))


def _run(connection: Connection, statement: Any) -> None:  # noqa: ANN401  # any statement without a result
    connection.execute(statement)


def _admit(connection: Connection, chat: str, user: str) -> None:
    connection.execute(insert_into(web_members).values(chat=chat, user=user).on_conflict_do_nothing())
