"""Calendars and invitations as ICS: same values, same bytes. Days and minutes are those of Paris."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from nr_models.dossier.registre import Personne
from nr_models.values.frozen import sha256
from tasks.office.archive import AUTHOR, EPOCH

PARIS = ZoneInfo("Europe/Paris")
_UID_LENGTH = 32


class Evenement(NamedTuple):
    """Something to put in a diary; ``cle`` names it for ever, ``debut`` and ``fin`` are minutes since midnight."""

    cle: str
    titre: str
    jour: date
    debut: int
    fin: int
    texte: str = ""
    lieu: str = ""
    organisateur: Personne | None = None
    invites: tuple[Personne, ...] = ()


def render_ics(events: Sequence[Evenement], *, invitation: bool = False) -> bytes:
    """A calendar to import; or, as an ``invitation``, one that the mail software offers to accept."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{AUTHOR}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST" if invitation else "PUBLISH")
    for item in events:
        calendar.add_component(_event(item))
    return bytes(calendar.to_ical())


def _event(item: Evenement) -> Event:
    event = Event()
    event.add("uid", f"{sha256(item.cle.encode())[:_UID_LENGTH]}@feuille-de-route-nr")
    event.add("dtstamp", datetime(*EPOCH, tzinfo=UTC))
    event.add("dtstart", _instant(item.jour, item.debut))
    event.add("dtend", _instant(item.jour, item.fin))
    event.add("summary", item.titre)
    for name, value in (("description", item.texte), ("location", item.lieu)):
        if value:
            event.add(name, value)
    if item.organisateur:
        event["organizer"] = _address(item.organisateur)
    for personne in item.invites:
        attendee = _address(personne)
        attendee.params["RSVP"] = vText("TRUE")
        event.add("attendee", attendee, encode=False)
    return event


def _instant(day: date, minutes: int) -> datetime:
    """In UTC, which every diary understands without a table of time zones."""
    return (datetime.combine(day, time(), PARIS) + timedelta(minutes=minutes)).astimezone(UTC)


def _address(personne: Personne) -> vCalAddress:
    address = vCalAddress(f"mailto:{personne.mail}")
    address.params["CN"] = vText(personne.nom)
    return address
