"""What the web platform's memory is made of: its rows, who sees which post, and the versions that only rise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, false, func, or_, select, true

from bot.domain.bounds import MOST_POSTS
from bot.records import dataclass
from storage.repository import insert as insert_into
from storage.transcript_tables import web_members, web_people, web_posts, web_versions


@dataclass(frozen=True, slots=True)
class WebPerson:
    """A person on the web platform."""

    user: str
    name: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class WebRoom:
    """A group room on the web platform."""

    chat: str
    title: str
    made_by: str


@dataclass(frozen=True, slots=True)
class WebPost:
    """Something that was said on the web platform."""

    id: int
    chat: str
    private: bool
    only_for: str
    author: str
    author_name: str
    body: Mapping[str, Any]
    version: int
    at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebSnapshot:
    """What a person sees on opening the page."""

    version: int
    posts: Sequence[WebPost]
    seen: Mapping[tuple[str, bool], int]


def visible(user: str, *, everywhere: bool, by_room: bool = False) -> ColumnElement[bool]:
    """Return the condition under which a person sees a post: the one place where it is said.

    `by_room` looks through the rooms for all that was ever said; otherwise something else names a few posts, and
    SQLite is kept from beginning with the rooms.
    """
    chat = web_posts.c.chat if by_room else web_posts.c.chat.concat("")
    inside = select(web_members.c.chat).where(web_members.c.user == user)
    groups = true() if everywhere else chat.in_(inside)
    return and_(
        web_posts.c.only_for.in_(("", user)),
        or_(
            and_(web_posts.c.private.is_(true()), chat == user),
            and_(web_posts.c.private.is_(false()), groups),
        ),
    )


def select_posts() -> Select[Any]:
    """Return the columns of `WebPost`, in its order."""
    post = web_posts.c
    return select(
        post.id,
        post.chat,
        post.private,
        post.only_for,
        post.author,
        func.coalesce(web_people.c.name, post.author),
        post.body,
        post.version,
        post.at,
        post.edited_at,
    ).select_from(web_posts.outerjoin(web_people, web_people.c.user == post.author))


def read_posts(rows: Sequence[Row[Any]]) -> tuple[WebPost, ...]:
    """Return rows of `select_posts` as posts."""
    return tuple(WebPost(*tuple(row)) for row in rows)


def keep_newest(connection: Connection, chat: str, *, private: bool) -> None:
    """Forget the oldest messages of a room that has more than `MOST_POSTS`."""
    here = web_posts.c.chat == chat, web_posts.c.private == private
    newest = select(web_posts.c.id).where(*here).order_by(web_posts.c.id.desc())
    oldest_kept = newest.offset(MOST_POSTS - 1).limit(1).scalar_subquery()
    connection.execute(delete(web_posts).where(*here, web_posts.c.id < oldest_kept))


def next_version(connection: Connection) -> int:
    """Return the next version. The counter's row stays locked until the commit, so versions show in their order."""
    insert = insert_into(web_versions).values(name="posts", value=1)
    counted = insert.on_conflict_do_update(index_elements=["name"], set_={"value": web_versions.c.value + 1})
    return int(connection.execute(counted.returning(web_versions.c.value)).scalar_one())


def no_earlier(connection: Connection, column: ColumnElement[Any], at: datetime) -> datetime:
    """Return `at`, or a moment later than all in the column: what is made on a clock that stands keeps its order."""
    latest = connection.execute(select(func.max(column))).scalar_one()
    return at if latest is None or latest < at else latest + timedelta(microseconds=1)
