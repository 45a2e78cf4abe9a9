"""The web platform's memory keeps its promises on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.web.transcript import Transcript
from storage.engine import Database
from storage.transcript import SqlTranscript

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
async def transcript(database: Database) -> Transcript:
    """A transcript with Ada in a room, and Ben outside."""
    made = SqlTranscript(database)
    await made.add_person("ben", "Ben", at=NOW)
    await made.add_person("ada", "Ada", at=NOW, language="es", zone="Europe/Madrid")
    await made.add_room("python", "Python", at=NOW, made_by="ada")
    return made


async def _write(transcript: Transcript, words: str, chat: str = "python", **more: str) -> int:
    return await transcript.write(chat, {"words": words}, private=chat != "python", at=NOW, **more)


async def test_people_and_rooms_keep_the_order_in_which_they_came(transcript: Transcript) -> None:
    """Even on a clock that stands still; a new name changes nothing else."""
    await transcript.add_person("amy", "Amy", at=NOW)
    await transcript.add_person("ben", "Benjamin", at=NOW + timedelta(days=1))
    await transcript.add_room("art", "Art", at=NOW)
    assert [person.name for person in await transcript.people()] == ["Benjamin", "Ada", "Amy"]
    assert [room.chat for room in await transcript.rooms("ada", everywhere=True)] == ["python", "art"]
    ada = await transcript.person("ada")
    assert ada
    assert (ada.language, ada.zone) == ("es", "Europe/Madrid")
    assert await transcript.person("amy ") is None


async def test_one_sees_ones_own_rooms(transcript: Transcript) -> None:
    """A maker is in; others are let in, as often as one likes."""
    assert await transcript.rooms("ben", everywhere=False) == []
    await transcript.admit("python", "ben")
    await transcript.admit("python", "ben")
    assert [room.title for room in await transcript.rooms("ben", everywhere=False)] == ["Python"]


async def test_what_one_may_not_see_one_never_gets(transcript: Transcript) -> None:
    """By no door: not on loading, not live, not by its number, not by looking back."""
    hidden = [
        await _write(transcript, "in a room", author="ada"),
        await _write(transcript, "in private", chat="ada"),
        await _write(transcript, "for Ada alone", only_for="ada"),
    ]
    for post in hidden:
        assert await transcript.post(post, "ben", everywhere=False) is None
        assert await transcript.post(post, "ada", everywhere=False) is not None
    assert (await transcript.snapshot("ben", everywhere=False, per_room=10)).posts == ()
    assert await transcript.since(0, "ben", everywhere=False, limit=10) == ()
    everywhere = await transcript.since(0, "ben", everywhere=True, limit=10)
    assert [(post.body["words"], post.author_name) for post in everywhere] == [("in a room", "Ada")]
    back = await transcript.older("python", "ben", private=False, before=1000, limit=10)
    assert [post.body["words"] for post in back] == ["in a room"]


async def test_versions_only_rise_whoever_writes(transcript: Transcript) -> None:
    """Posts and edits at once: each has its own version, and a later look finds all that came after an earlier one."""
    first = await _write(transcript, "first")
    await asyncio.gather(
        *(_write(transcript, str(number)) for number in range(20)),
        *(transcript.rewrite(first, {"words": f"edit {number}"}, at=NOW) for number in range(5)),
    )
    posts = await transcript.since(0, "ada", everywhere=False, limit=100)
    versions = [post.version for post in posts]
    assert versions == sorted(set(versions))
    assert len(posts) == 21
    snapshot = await transcript.snapshot("ada", everywhere=False, per_room=100)
    assert snapshot.version == max(versions)
    assert await transcript.since(snapshot.version, "ada", everywhere=False, limit=100) == ()


async def test_a_key_posts_once(transcript: Transcript) -> None:
    """However many try at the same time."""
    ids = await asyncio.gather(*(_write(transcript, "once", key="remind:1") for _ in range(8)))
    assert len(set(ids)) == 1
    assert len(await transcript.since(0, "ada", everywhere=False, limit=10)) == 1


async def test_only_the_bots_posts_are_rewritten(transcript: Transcript) -> None:
    """What a person said stays as it was said."""
    said = await _write(transcript, "said", author="ada")
    assert not await transcript.rewrite(said, {"words": "put in her mouth"}, at=NOW)
    assert not await transcript.rewrite(4711, {"words": "nothing"}, at=NOW)


async def test_the_newest_of_each_room_are_shown_at_first(transcript: Transcript) -> None:
    """Each room has its own share, oldest first."""
    for number in range(5):
        await _write(transcript, f"room {number}")
        await _write(transcript, f"own {number}", chat="ada")
    snapshot = await transcript.snapshot("ada", everywhere=False, per_room=2)
    assert [post.body["words"] for post in snapshot.posts] == ["room 3", "own 3", "room 4", "own 4"]


async def test_marks_never_go_back(transcript: Transcript) -> None:
    """What was seen stays seen; what waits is counted without one's own words."""
    for words, author in (("one", ""), ("two", ""), ("mine", "ada"), ("three", "")):
        await _write(transcript, words, chat="ada", author=author)
    assert await transcript.waiting() == {"ada": 3}
    posts = await transcript.since(0, "ada", everywhere=False, limit=10)
    await transcript.see("ada", "ada", private=True, post=posts[1].id)
    await transcript.see("ada", "ada", private=True, post=posts[0].id)
    assert await transcript.waiting() == {"ada": 1}
    assert (await transcript.snapshot("ada", everywhere=False, per_room=1)).seen == {("ada", True): posts[1].id}


async def test_a_picture_belongs_to_the_posts_it_stands_on(transcript: Transcript) -> None:
    """Kept once; gone from sight with its post."""
    await transcript.keep_picture("abc", b"png")
    await transcript.keep_picture("abc", b"png")
    assert await transcript.picture("abc", "ada", everywhere=False) is None
    post = await _write(transcript, "look", picture="abc")
    assert await transcript.picture("abc", "ada", everywhere=False) == b"png"
    assert await transcript.picture("abc", "ben", everywhere=False) is None
    await transcript.rewrite(post, {"words": "gone"}, at=NOW)
    assert await transcript.picture("abc", "ada", everywhere=False) is None


async def test_tokens_serve_their_kind_and_time(transcript: Transcript) -> None:
    """A link is no cookie; both end."""
    await transcript.issue("hash", "ada", "link", NOW + timedelta(days=1))
    assert await transcript.bearer("hash", "link", NOW) == "ada"
    assert await transcript.bearer("hash", "session", NOW) is None
    assert await transcript.bearer("hash", "link", NOW + timedelta(days=1)) is None
    await transcript.revoke("ada")
    assert await transcript.bearer("hash", "link", NOW) is None
