"""Two people become one, on both databases."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.forms import Draft
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import INVITE_LASTS, Invite, InviteKind
from bot.domain.feedback import Decision, Feedback, Reflection
from bot.domain.notices import (
    NOTICES,
    DecisionTaken,
    Delivery,
    DeliveryState,
    Due,
    MembersChanged,
    Notice,
    Nudge,
    OfferLapses,
    Outdated,
    SeatOffered,
    Welcome,
)
from bot.domain.people import Role
from bot.domain.rsvps import Answer
from bot.ports import asked_key
from storage import merging
from storage.engine import Database
from storage.merging import readdressed, renamed
from storage.schema import metadata
from storage.store import SqlStore
from storage.tables import people
from tests.storage.conftest import NOW, World, learner, meeting, soon
from tests.storage.merged import CHAT, ELSEWHERE, merged, second

# Nothing is forgotten


def test_all_that_points_at_people_is_known() -> None:
    """A new table with people in it says here what becomes of two rows: else they would go with the one who goes."""
    pointing = {
        column
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column is people.c.id
    }
    known = {once.table.c.person for once in merging.ONCE} | {*merging.OFTEN} | {*merging.LET_GO}
    assert {str(column) for column in pointing} == {str(column) for column in known}


def test_every_notice_about_a_person_is_renamed() -> None:
    """A new notice that holds a person under another name than `person` is looked at here."""
    fields = {field.name for notice in NOTICES.values() for field in dataclasses.fields(notice)}
    assert fields & {"person", "came", "went", "people", "owner", "who", "giver"} == {"person", "came", "went"}


@pytest.mark.parametrize(
    ("key", "then"),
    [
        ("nudge:7:7", "nudge:7:3"),
        ("nudge:7:77", "nudge:7:77"),
        ("closed:7:p7", "closed:7:p3"),
        ("welcome:2:7#41", "welcome:2:3#41"),
        ("digest:7", "digest:3"),
        ("welcome:ada", "welcome:ada"),
    ],
)
def test_the_last_part_of_a_private_delivery_s_key_is_the_person(key: str, then: str) -> None:
    """Meetings and circles with the same number are left alone. Keys of what goes to rooms are never asked about."""
    assert readdressed(key, 7, 3) == then


@pytest.mark.parametrize(
    ("notice", "then"),
    [
        (Nudge(7, 7), Nudge(7, 3)),
        (Nudge(7, 8), Nudge(7, 8)),
        (MembersChanged(7, (7, 3), (7,)), MembersChanged(7, (3,), (3,))),
        (DecisionTaken(7), DecisionTaken(7)),
        (Outdated("7"), Outdated("7")),
    ],
)
def test_a_notice_speaks_of_the_one_who_stays(notice: Notice, then: Notice) -> None:
    """Only people are renamed, and nobody is named twice."""
    assert renamed(notice, 7, 3) == then


# Two become one


async def test_the_accounts_are_one_person_s(database: Database, world: World) -> None:
    """Both lead to the one who stays; what she had not chosen is taken from the other, who is no more."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        store.people.save(replace(world.ada, language=""), world.ada)
        store.settings.put(asked_key(goes), "1 1 1")
        assert stays < goes

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        found = store.people.known(ELSEWHERE)
        assert found is not None
        assert found.id == world.ada.id
        assert (found.name, found.language, found.zone) == ("Ada", "es", "Europe/Madrid")
        assert {account.platform for account in store.people.accounts(found.id)} == {"web", "discord"}
        assert "ada@work" not in {row.name for row in store.connection.execute(select(people.c.name))}
        assert not [one for one in range(1, 20) if store.settings.get(asked_key(one))]

    await database.read(look)


async def test_one_seat_with_the_better_role(database: Database, world: World) -> None:
    """Whoever ran the circle with one account runs it; goal and first day are kept; elsewhere the seat moves along."""
    other: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        circle = store.circles.add(
            Circle(0, world.community.id, "Go", "en", "UTC", state=CircleState.PUBLISHED), NOW
        ).id
        other.append(circle)
        store.seats.join_as(circle, goes, Role.LEARNER, NOW)
        store.seats.join_as(world.circle.id, goes, Role.FACILITATOR, soon(days=3))
        store.seats.tell(world.circle.id, goes, "to teach", "", ["of the other"])

    touched = await merged(database, world, before)
    assert set(touched) == {world.circle.id, *other}

    def look(store: SqlStore) -> None:
        mine = store.seats.member(world.circle.id, world.ada.id)
        assert mine is not None
        assert (mine.role, mine.joined_at, mine.goal) == (Role.FACILITATOR, NOW, "to teach")
        assert mine.answers == ("of the other",)
        assert [one.person.name for one in store.seats.roster(world.circle.id)] == ["Fay", "Ada", "Bo"]
        assert [one.person.id for one in store.seats.roster(other[0])] == [world.ada.id]

    await database.read(look)


async def test_a_role_that_was_given_up_does_not_come_back(database: Database, world: World) -> None:
    """Of a seat that was left only the other counts; of two that were left, none does."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        store.seats.join_as(world.circle.id, goes, Role.FACILITATOR, NOW - timedelta(days=9))
        store.seats.leave(world.circle.id, goes, NOW)
        gone = store.circles.add(Circle(0, world.community.id, "Go", "en", "UTC"), NOW).id
        for one, day in ((stays, 1), (goes, 2)):
            store.seats.join_as(gone, one, Role.LEARNER, NOW)
            store.seats.leave(gone, one, soon(days=day))

    touched = await merged(database, world, before)

    def look(store: SqlStore) -> None:
        mine = store.seats.member(world.circle.id, world.ada.id)
        assert mine is not None
        assert (mine.role, mine.joined_at) == (Role.LEARNER, NOW)
        assert store.seats.roster(touched[-1]) == ()
        assert store.seats.former(touched[-1], world.ada.id) is not None

    await database.read(look)


async def test_a_place_in_line(database: Database, world: World) -> None:
    """Of two places the one further ahead is kept; whoever has a seat does not wait for one."""
    full: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        full.extend(
            store.circles.add(
                Circle(0, world.community.id, title, "en", "UTC", seats=1, state=CircleState.PUBLISHED), NOW
            ).id
            for title in ("Seated", "Twice")
        )
        seated, twice = full
        store.seats.take(learner(seated, world.ada), NOW)
        store.seats.take(learner(seated, second(store)), NOW)
        store.seats.take(learner(twice, world.bo), NOW)
        for who in (second(store), world.facilitator, world.ada):
            store.seats.take(learner(twice, who, goal=f"of {who.name}"), NOW)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        seated, twice = full
        assert store.seats.waiting(seated) == ()
        assert [(one.person, one.position) for one in store.seats.waiting(twice)] == [
            (world.ada.id, 1),
            (world.facilitator.id, 2),
        ]

    await database.read(look)


async def test_an_answer_counts_once(database: Database, world: World) -> None:
    """The later answer wins, with its reason; one that only one account gave moves along."""
    more: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        more.extend(
            one.id
            for one in store.meetings.add(
                [meeting(world.circle.id, number, soon(days=7 * number)) for number in (2, 3)]
            )
        )
        store.rsvps.answer(world.meeting.id, stays, Answer.YES, NOW)
        store.rsvps.answer(world.meeting.id, goes, Answer.NO, soon(hours=1), "I am ill")
        store.rsvps.answer(more[0], stays, Answer.MAYBE, soon(hours=1))
        store.rsvps.answer(more[0], goes, Answer.NO, NOW)
        store.rsvps.answer(more[1], goes, Answer.YES, NOW)
        for one, came in ((stays, False), (goes, True)):
            store.attendance.mark(world.meeting.id, one, came=came)
        store.attendance.mark(more[1], stays, came=True)
        store.attendance.mark(more[1], goes, came=False)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        counts = [(tally.yes, tally.maybe, tally.no) for tally in map(store.rsvps.tally, (world.meeting.id, *more))]
        assert counts == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
        assert store.rsvps.of(world.meeting.id)[0].reason == "I am ill"
        assert store.attendance.of(world.meeting.id) == {world.ada.id: True}
        assert store.attendance.of(more[1]) == {world.ada.id: True}

    await database.read(look)


async def test_what_was_said_is_kept_and_who_said_it_counts_once(database: Database, world: World) -> None:
    """Plus/delta stay; given and voted is once; decisions, reflections, invitations and communities are hers."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        for one, words in ((stays, "more time"), (goes, "more light")):
            store.feedback.give(Feedback(0, world.meeting.id, "", words, 3, person=one), one)
            store.feedback.reflect(Reflection(world.meeting.id, one, 4, f"{words}!"))
            store.communities.add_organizer(world.community.id, one)
        for delta in store.feedback.of(world.meeting.id):
            store.feedback.vote(delta.id, goes)
        store.feedback.vote(store.feedback.of(world.meeting.id)[0].id, stays)
        store.decisions.take_up(Decision(0, world.circle.id, world.meeting.id, "Lamps", owner=goes, made_at=NOW), None)
        made = Invite(0, InviteKind.ORGANIZER, world.community.id, None, goes, NOW + INVITE_LASTS)
        store.invites.use(store.invites.make(made, "a hash", NOW).id, goes, NOW)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        said = store.feedback.of(world.meeting.id)
        assert {one.delta for one in said} == {"more time", "more light"}
        assert {one.person for one in said} == {world.ada.id}
        assert [one.votes for one in said] == [1, 1]
        assert store.feedback.has_given(world.meeting.id, world.ada.id)
        (reflection,) = store.feedback.reflections(world.meeting.id)
        assert (reflection.person, reflection.words) == (world.ada.id, "more time!\nmore light!")
        assert [one.owner for one in store.decisions.open_of(world.circle.id)] == [world.ada.id]
        assert [one.id for one in store.communities.organizers(world.community.id)] == [world.ada.id]
        invite = store.invites.by_token("a hash")
        assert invite is not None
        assert invite.made_by == world.ada.id

    await database.read(look)


def planned(store: SqlStore, key: str, notice: Notice, person: int | None, circle: int) -> None:
    """Let something wait."""
    store.deliveries.plan([Due(key, notice, soon(days=9), person=person, circle=circle)])


def found(store: SqlStore, key: str) -> Delivery:
    """Return what has a key."""
    delivery = store.deliveries.find(key)
    assert delivery is not None, key
    return delivery


async def test_what_is_to_be_said_is_said_to_the_one_who_stays(database: Database, world: World) -> None:
    """Keys, addresses and words name her; a nudge that one account has read is not sent to the other."""
    circle = world.circle.id
    numbers: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        numbers.extend((stays, goes))
        store.seats.join_as(circle, goes, Role.LEARNER, NOW)
        planned(store, f"seat:{circle}:{goes}", SeatOffered(circle, goes), goes, circle)
        planned(store, f"lapse:{circle}:{goes}", OfferLapses(circle, goes), None, circle)
        planned(store, f"members:{circle}:{world.facilitator.id}", MembersChanged(circle, (goes,)),
                world.facilitator.id, circle)  # fmt: skip
        for one in (stays, goes):
            planned(store, f"nudge:1:{one}", Nudge(1, one), one, circle)
            planned(store, f"nudge:2:{one}", Nudge(2, one), one, circle)
            planned(store, f"welcome:{circle}:{one}", Welcome(circle, one), one, circle)
        store.deliveries.sent({found(store, f"nudge:1:{goes}").id: "1"}, NOW)
        store.deliveries.sent({found(store, f"nudge:2:{stays}").id: "1"}, NOW)
        planned(store, f"members:{circle}:{stays}", MembersChanged(circle, went=(99,)), stays, circle)
        store.deliveries.sent({found(store, f"members:{circle}:{stays}").id: "1"}, NOW)
        planned(store, f"members:{circle}:{goes}", MembersChanged(circle, (98,)), goes, circle)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        stays, goes = numbers
        assert found(store, f"seat:{circle}:{stays}").due.person == stays
        assert found(store, f"seat:{circle}:{stays}").due.notice == SeatOffered(circle, stays)
        assert found(store, f"lapse:{circle}:{stays}").due.notice == OfferLapses(circle, stays)
        assert found(store, f"members:{circle}:{world.facilitator.id}").due.notice == MembersChanged(circle, (stays,))
        assert found(store, f"members:{circle}:{stays}").due.notice == MembersChanged(circle, (98,))
        waiting = store.deliveries.waiting(circle=circle)
        assert not [one for one in waiting if one.due.key.startswith("nudge")]
        assert len([one for one in waiting if one.due.key.startswith("welcome")]) == 1
        every = (*waiting, *store.deliveries.log(circle=circle))
        assert {one.due.person for one in every} == {stays, world.facilitator.id, None}
        assert not [one for one in every if one.due.key.partition("#")[0].endswith(f":{goes}")]
        dropped = [one for one in every if one.state is DeliveryState.DROPPED]
        assert {one.outcome for one in dropped} == {merging.ONE_NOW}
        assert len(dropped) == 3

    await database.read(look)


async def test_forms_are_gone_on_with(database: Database, world: World) -> None:
    """A form that is open before the second account stays open; where both had one, hers does."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        chat = store.places.note(CHAT, "", "").id
        for who, place in ((goes, chat), (goes, world.place), (stays, world.place)):
            store.drafts.open(Draft(0, who, place, "nc", f"of {who}", soon(hours=1)))

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        chat = store.places.find(CHAT)
        assert chat is not None
        assert store.drafts.current(world.ada.id, chat.id) is not None
        here = store.drafts.current(world.ada.id, world.place)
        assert here is not None
        assert here.known == f"of {world.ada.id}"

    await database.read(look)
