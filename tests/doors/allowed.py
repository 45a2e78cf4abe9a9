"""Who may do what: the one table, a row for each thing that can be asked of the bot.

A row says the least that somebody must be, of the very thing that the intent names, and gives an example about a thing
of the world. `test_table` holds it against the routes, `test_buttons` and its like try every row with everybody through
every door, and `docs/permissions.md` is written from it.
"""

# Long because it is one list to look things up in.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.assembly import features
from bot.chat.intents import Intent
from bot.domain.feedback import Mood
from bot.domain.rsvps import Answer
from bot.feature import Route
from bot.features.calendars import intents as calendars
from bot.features.circles import intents as circles
from bot.features.communities import intents as communities
from bot.features.digests import intents as digests
from bot.features.feedback import intents as feedback
from bot.features.meetings import intents as meetings
from bot.features.operating import intents as operating
from bot.features.people import intents as people
from bot.features.rsvps import intents as rsvps
from bot.rules import Audience
from tests.doors.world import Things, Who

ROUTES: Mapping[type[Intent], Route] = {route.intent: route for feature in features() for route in feature.routes}


class Least(StrEnum):
    """The least that somebody must be; the value says it in words."""

    ANYBODY = "everybody"
    READER = "everybody, once the circle is published"
    LISTED = "learners, and whoever waits for a seat"
    LEARNER = "members of the circle"
    INSIDER = "members of the circle, and its organizers"
    OWNER = "whoever sees to the decision, and facilitators"
    FACILITATOR = "facilitators"
    ORGANIZER = "organizers"
    OPERATOR = "operators"
    BEARER = "whoever brought the code"
    HOLDER = "whoever has the account"


AUDIENCE: Mapping[Least, Audience] = {
    Least.ANYBODY: Audience.ANYONE,
    Least.READER: Audience.ANYONE,
    Least.LISTED: Audience.LEARNER,
    Least.LEARNER: Audience.LEARNER,
    Least.INSIDER: Audience.LEARNER,
    Least.OWNER: Audience.LEARNER,
    Least.FACILITATOR: Audience.FACILITATOR,
    Least.ORGANIZER: Audience.ORGANIZER,
    Least.OPERATOR: Audience.OPERATOR,
    Least.BEARER: Audience.ANYONE,
    Least.HOLDER: Audience.ANYONE,
}
"""To whom a route is shown in menus that is meant for these; the rest is found by the handler itself."""
_EVERYBODY = frozenset({Least.ANYBODY, Least.READER})
_LEARNER = _EVERYBODY | {Least.LISTED, Least.LEARNER, Least.INSIDER}
_FACILITATOR = _LEARNER | {Least.OWNER, Least.FACILITATOR}
HOLDS: Mapping[Who, frozenset[Least]] = {
    **dict.fromkeys(Who, _EVERYBODY),
    Who.LEARNER: _LEARNER,
    Who.ONCE_FACILITATOR: _LEARNER,
    Who.OWNER: _LEARNER | {Least.OWNER},
    Who.WAITING: _EVERYBODY | {Least.LISTED},
    Who.FACILITATOR: _FACILITATOR | {Least.HOLDER},
    Who.LINKED: _FACILITATOR | {Least.HOLDER},
    Who.ORGANIZER: _EVERYBODY | {Least.INSIDER, Least.OWNER, Least.FACILITATOR, Least.ORGANIZER},
    Who.BEARER: _EVERYBODY | {Least.BEARER},
    Who.OPERATOR: _EVERYBODY | {Least.OPERATOR},
}
"""What everybody in the world is to our circle and community. Organizers run its circles and are no members of them."""


class Where(StrEnum):
    """Where a button is pressed, or a command typed."""

    ROOM = "the circle's room"
    PRIVATE = "the private chat"
    FOREIGN = "a room of another community"


ANYWHERE = frozenset(Where)


@dataclass(frozen=True)
class Row:
    """Who may, and an example; `where` it can be done, and what there is to add, in words for people.

    `own`: where it names nothing, it is about what is one's own, and everybody may.
    """

    least: Least
    about: Callable[[Things], Intent]
    where: frozenset[Where] = ANYWHERE
    note: str = ""
    own: bool = False

    def allows(self, who: Who) -> bool:
        """Whether somebody may."""
        return self.least in HOLDS[who]


def named(intent: type[Intent]) -> str:
    """Return a test's name."""
    return intent.__name__


def _open(intent: type[Intent], **of: str) -> Callable[[Things], Intent]:
    """Return how an intent names things by field, the rest left open."""
    return lambda things: intent.about(**{field: getattr(things, name) for field, name in of.items()})


_HERE = frozenset({Where.ROOM})
ALLOWED: Mapping[type[Intent], Row] = {
    # Oneself
    people.Start: Row(Least.ANYBODY, lambda _: people.Start()),
    people.Help: Row(Least.ANYBODY, lambda _: people.Help()),
    people.Cancel: Row(Least.ANYBODY, lambda _: people.Cancel()),
    people.Me: Row(Least.ANYBODY, lambda _: people.Me()),
    people.ChooseMyLanguage: Row(Least.ANYBODY, _open(people.ChooseMyLanguage)),
    people.ChooseMyZone: Row(Least.ANYBODY, _open(people.ChooseMyZone)),
    people.ChooseQuietHours: Row(Least.ANYBODY, _open(people.ChooseQuietHours)),
    people.AllowNudges: Row(Least.ANYBODY, lambda _: people.AllowNudges(on=False)),
    people.AllowTips: Row(Least.ANYBODY, lambda _: people.AllowTips(on=False)),
    people.MyData: Row(Least.ANYBODY, lambda _: people.MyData(), note="their own"),
    people.ForgetMe: Row(Least.ANYBODY, lambda _: people.ForgetMe(), note="themselves"),
    people.LinkAccount: Row(Least.ANYBODY, lambda _: people.LinkAccount()),
    people.EnterCode: Row(Least.ANYBODY, _open(people.EnterCode)),
    people.ConfirmLink: Row(Least.BEARER, lambda t: people.ConfirmLink(code=t.code, sure=False)),
    people.ShowAccounts: Row(Least.ANYBODY, lambda _: people.ShowAccounts(), note="their own"),
    people.UnlinkAccount: Row(Least.HOLDER, lambda t: people.UnlinkAccount(account=t.linked_account)),
    rsvps.StopNudges: Row(Least.ANYBODY, lambda _: rsvps.StopNudges()),
    calendars.ShowCalendar: Row(Least.ANYBODY, lambda _: calendars.ShowCalendar(), note="their own"),
    calendars.MakeFeed: Row(Least.INSIDER, lambda t: calendars.MakeFeed(circle=t.circle), own=True),
    calendars.EndFeeds: Row(Least.ANYBODY, lambda _: calendars.EndFeeds(), note="their own"),
    # Circles: found, joined, left
    circles.BrowseCircles: Row(Least.ANYBODY, lambda _: circles.BrowseCircles()),
    circles.NewCircle: Row(
        Least.ANYBODY, _open(circles.NewCircle), note="where the community lets everybody, else its own people"
    ),
    circles.ShowCircle: Row(
        Least.READER, lambda t: circles.ShowCircle(circle=t.circle), note="everybody sees what is theirs to see"
    ),
    circles.JoinCircle: Row(Least.READER, lambda t: circles.JoinCircle(circle=t.circle)),
    circles.TakeSeat: Row(
        Least.READER, lambda t: circles.TakeSeat(circle=t.circle), note="a seat that is held for them"
    ),
    circles.LetGo: Row(Least.READER, lambda t: circles.LetGo(circle=t.circle), note="their own place on the list"),
    circles.LeaveCircle: Row(Least.LISTED, lambda t: circles.LeaveCircle(circle=t.circle), own=True),
    circles.TellAbout: Row(Least.LEARNER, _open(circles.TellAbout, circle="circle")),
    circles.ShowAnswers: Row(Least.LEARNER, lambda t: circles.ShowAnswers(circle=t.circle), note="their own"),
    # Circles, as those who run them see them
    circles.TurnPanel: Row(Least.FACILITATOR, lambda t: circles.TurnPanel(circle=t.circle)),
    circles.PreviewCircle: Row(Least.FACILITATOR, lambda t: circles.PreviewCircle(circle=t.circle)),
    circles.PublishCircle: Row(Least.FACILITATOR, lambda t: circles.PublishCircle(circle=t.resting)),
    circles.UnpublishCircle: Row(Least.FACILITATOR, lambda t: circles.UnpublishCircle(circle=t.circle, sure=True)),
    circles.EndCircle: Row(Least.FACILITATOR, lambda t: circles.EndCircle(circle=t.circle, sure=True)),
    circles.ReopenCircle: Row(Least.FACILITATOR, lambda t: circles.ReopenCircle(circle=t.over)),
    circles.UseRoom: Row(
        Least.FACILITATOR, lambda t: circles.UseRoom(circle=t.circle), _HERE, "in a room that they look after, too"
    ),
    circles.OpenRoomFor: Row(
        Least.FACILITATOR, lambda t: circles.OpenRoomFor(circle=t.circle), _HERE, "in a room that they look after, too"
    ),
    circles.PostCircle: Row(
        Least.FACILITATOR, lambda t: circles.PostCircle(circle=t.circle), _HERE, "in a room that they look after, too"
    ),
    circles.LeaveRoom: Row(Least.FACILITATOR, lambda t: circles.LeaveRoom(circle=t.circle, place=t.place)),
    circles.EditAbout: Row(Least.FACILITATOR, _open(circles.EditAbout, circle="circle")),
    circles.EditWhere: Row(Least.FACILITATOR, _open(circles.EditWhere, circle="circle")),
    circles.EditTongue: Row(Least.FACILITATOR, _open(circles.EditTongue, circle="circle")),
    circles.EditZone: Row(Least.FACILITATOR, _open(circles.EditZone, circle="circle")),
    circles.EditSeats: Row(Least.FACILITATOR, _open(circles.EditSeats, circle="circle")),
    circles.EditReminders: Row(Least.FACILITATOR, _open(circles.EditReminders, circle="circle")),
    circles.EditQuestions: Row(Least.FACILITATOR, _open(circles.EditQuestions, circle="circle")),
    circles.NameFeedback: Row(Least.FACILITATOR, lambda t: circles.NameFeedback(circle=t.circle, named=True)),
    circles.ShowRoster: Row(Least.FACILITATOR, lambda t: circles.ShowRoster(circle=t.circle)),
    circles.ShowMember: Row(Least.FACILITATOR, lambda t: circles.ShowMember(circle=t.circle, person=t.learner)),
    circles.MakeFacilitator: Row(
        Least.FACILITATOR, lambda t: circles.MakeFacilitator(circle=t.circle, person=t.learner)
    ),
    circles.RemoveMember: Row(
        Least.FACILITATOR, lambda t: circles.RemoveMember(circle=t.circle, person=t.learner, sure=True)
    ),
    circles.TakeBack: Row(Least.FACILITATOR, lambda t: circles.TakeBack(circle=t.resting, person=t.removed)),
    communities.InviteFacilitator: Row(
        Least.FACILITATOR, lambda t: communities.InviteFacilitator(circle=t.circle)
    ),
    communities.AppointFacilitator: Row(
        Least.FACILITATOR, _open(communities.AppointFacilitator, circle="circle")
    ),
    communities.RevokeInvitation: Row(
        Least.FACILITATOR,
        lambda t: communities.RevokeInvitation(invite=t.invite),
        note="who could have made it: of an organizers' invitation, organizers",
    ),
    # Meetings
    meetings.NextMeeting: Row(Least.READER, lambda t: meetings.NextMeeting(circle=t.circle)),
    meetings.ShowMeetings: Row(Least.READER, lambda t: meetings.ShowMeetings(circle=t.circle)),
    meetings.ManageMeeting: Row(Least.FACILITATOR, lambda t: meetings.ManageMeeting(meeting=t.ahead)),
    meetings.ChooseMeeting: Row(Least.FACILITATOR, _open(meetings.ChooseMeeting, circle="circle")),
    meetings.AddMeeting: Row(Least.FACILITATOR, _open(meetings.AddMeeting, circle="circle")),
    meetings.MoveMeeting: Row(Least.FACILITATOR, _open(meetings.MoveMeeting, meeting="ahead")),
    meetings.SkipMeeting: Row(Least.FACILITATOR, lambda t: meetings.SkipMeeting(meeting=t.ahead, sure=True)),
    meetings.CancelMeeting: Row(Least.FACILITATOR, lambda t: meetings.CancelMeeting(meeting=t.ahead, sure=True)),
    meetings.CancelBecause: Row(Least.FACILITATOR, _open(meetings.CancelBecause, meeting="ahead")),
    meetings.RestoreMeeting: Row(Least.FACILITATOR, lambda t: meetings.RestoreMeeting(meeting=t.cancelled)),
    meetings.SetTopic: Row(Least.FACILITATOR, _open(meetings.SetTopic, meeting="ahead")),
    meetings.SetTopics: Row(Least.FACILITATOR, _open(meetings.SetTopics, circle="circle")),
    meetings.ShowReminders: Row(Least.FACILITATOR, lambda t: meetings.ShowReminders(circle=t.circle)),
    meetings.ShowLog: Row(Least.FACILITATOR, lambda t: meetings.ShowLog(circle=t.circle)),
    meetings.ShowDelivery: Row(
        Least.FACILITATOR, lambda t: meetings.ShowDelivery(circle=t.circle, delivery=t.delivery)
    ),
    meetings.SkipDelivery: Row(
        Least.FACILITATOR, lambda t: meetings.SkipDelivery(circle=t.circle, delivery=t.delivery)
    ),
    meetings.SendNow: Row(Least.FACILITATOR, lambda t: meetings.SendNow(circle=t.circle, delivery=t.delivery)),
    meetings.EditReminder: Row(Least.FACILITATOR, _open(meetings.EditReminder, circle="circle")),
    meetings.PreviewReminder: Row(Least.FACILITATOR, lambda t: meetings.PreviewReminder(circle=t.circle)),
    meetings.RestoreReminder: Row(Least.FACILITATOR, lambda t: meetings.RestoreReminder(circle=t.circle)),
    # Who comes
    rsvps.Rsvp: Row(
        Least.READER,
        lambda t: rsvps.Rsvp(meeting=t.ahead, answer=Answer.YES),
        note="members answer; everybody else hears how to join",
    ),
    rsvps.SayWhy: Row(Least.LEARNER, _open(rsvps.SayWhy, meeting="ahead"), note="who have answered"),
    rsvps.WhoAnswers: Row(Least.FACILITATOR, lambda t: rsvps.WhoAnswers(meeting=t.ahead)),
    rsvps.AnswerFor: Row(Least.FACILITATOR, _open(rsvps.AnswerFor, meeting="ahead", person="learner")),
    # When a meeting is over
    feedback.GiveFeedback: Row(
        Least.LEARNER, _open(feedback.GiveFeedback, meeting="ended"), note="once, until it is summed up"
    ),
    feedback.ShowFeedback: Row(Least.INSIDER, lambda t: feedback.ShowFeedback(circle=t.circle)),
    feedback.ReadSummary: Row(Least.INSIDER, lambda t: feedback.ReadSummary(meeting=t.closed)),
    feedback.Vote: Row(Least.LEARNER, lambda t: feedback.Vote(feedback=t.delta)),
    feedback.IWasThere: Row(Least.LEARNER, lambda t: feedback.IWasThere(meeting=t.ended, came=True)),
    feedback.WhoCame: Row(Least.FACILITATOR, lambda t: feedback.WhoCame(meeting=t.ended)),
    feedback.MarkCame: Row(
        Least.FACILITATOR, lambda t: feedback.MarkCame(meeting=t.ended, person=t.learner, came=False)
    ),
    feedback.SaveAttendance: Row(Least.FACILITATOR, lambda t: feedback.SaveAttendance(meeting=t.ended)),
    feedback.Reflect: Row(Least.FACILITATOR, lambda t: feedback.Reflect(meeting=t.ended, score=Mood.GOOD)),
    feedback.ReflectInWords: Row(Least.FACILITATOR, _open(feedback.ReflectInWords, meeting="ended")),
    feedback.ChooseDelta: Row(Least.FACILITATOR, lambda t: feedback.ChooseDelta(meeting=t.closed)),
    feedback.TakeUp: Row(Least.FACILITATOR, _open(feedback.TakeUp, feedback="delta")),
    feedback.DecisionDone: Row(Least.OWNER, lambda t: feedback.DecisionDone(decision=t.decision)),
    feedback.ReopenDecision: Row(Least.OWNER, lambda t: feedback.ReopenDecision(decision=t.done)),
    feedback.GiveDecision: Row(Least.OWNER, _open(feedback.GiveDecision, decision="decision")),
    feedback.DropDecision: Row(Least.FACILITATOR, lambda t: feedback.DropDecision(decision=t.decision)),
    feedback.ManageDecision: Row(Least.INSIDER, lambda t: feedback.ManageDecision(decision=t.decision)),
    feedback.ShowDecisions: Row(Least.INSIDER, lambda t: feedback.ShowDecisions(circle=t.circle)),
    # Communities
    communities.ShowCommunity: Row(
        Least.ANYBODY, lambda _: communities.ShowCommunity(), frozenset({Where.PRIVATE}), "in a room, its organizers"
    ),
    communities.MakeCommunity: Row(
        Least.ANYBODY, _open(communities.MakeCommunity), frozenset({Where.PRIVATE}), "a room belongs to one alone"
    ),
    communities.OpenCommunity: Row(Least.ORGANIZER, lambda t: communities.OpenCommunity(community=t.community)),
    communities.AddRoom: Row(
        Least.ORGANIZER, lambda t: communities.AddRoom(community=t.community), _HERE, "a room of no other community"
    ),
    communities.RenameCommunity: Row(Least.ORGANIZER, _open(communities.RenameCommunity, community="community")),
    communities.SpeakInCommunity: Row(Least.ORGANIZER, _open(communities.SpeakInCommunity, community="community")),
    communities.MoveCommunity: Row(Least.ORGANIZER, _open(communities.MoveCommunity, community="community")),
    communities.DigestHere: Row(
        Least.ORGANIZER, lambda t: communities.DigestHere(community=t.community), _HERE, "a room of the community"
    ),
    communities.ChooseDigestRoom: Row(
        Least.ORGANIZER, lambda t: communities.ChooseDigestRoom(community=t.community)
    ),
    communities.PutDigest: Row(
        Least.ORGANIZER, lambda t: communities.PutDigest(community=t.community, place=t.second_place)
    ),
    communities.TimeDigest: Row(Least.ORGANIZER, _open(communities.TimeDigest, community="community")),
    communities.SpeakInDigest: Row(Least.ORGANIZER, _open(communities.SpeakInDigest, community="community")),
    communities.InviteOrganizer: Row(Least.ORGANIZER, lambda t: communities.InviteOrganizer(community=t.community)),
    communities.AppointOrganizer: Row(
        Least.ORGANIZER,
        _open(communities.AppointOrganizer, community="community"),
        note="on Discord, who runs the server, too",
    ),
    communities.ChooseCircleToInvite: Row(
        Least.ORGANIZER, lambda t: communities.ChooseCircleToInvite(community=t.community)
    ),
    communities.ShowInvitations: Row(Least.ORGANIZER, lambda t: communities.ShowInvitations(community=t.community)),
    communities.ShowOrganizers: Row(Least.ORGANIZER, lambda t: communities.ShowOrganizers(community=t.community)),
    communities.RemoveOrganizer: Row(
        Least.ORGANIZER,
        lambda t: communities.RemoveOrganizer(community=t.community, person=t.organizer, sure=True),
    ),
    digests.AskDigest: Row(Least.ORGANIZER, lambda t: digests.AskDigest(community=t.community)),
    digests.SendDigest: Row(Least.ORGANIZER, lambda t: digests.SendDigest(community=t.community)),
    # The bot itself
    operating.ShowStatus: Row(Least.OPERATOR, lambda _: operating.ShowStatus()),
    operating.Announce: Row(Least.OPERATOR, _open(operating.Announce)),
    operating.SendAnnouncement: Row(Least.OPERATOR, lambda _: operating.SendAnnouncement(number=1)),
    operating.ShowAnnouncement: Row(Least.OPERATOR, lambda _: operating.ShowAnnouncement(number=1)),
}  # fmt: skip
