"""The runner: does what the outbox asks for, in « nr servir », so that a decision shows its next documents at once.

Decisions first, mails next, then what the clock asks for. One runner at a time; another waits to take
its place. It works in process: a process per run would
cost seconds. Killed at any moment, what it had not finished is still asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from threading import Event

from flows.engine.start import Moteur
from flows.resume import follow
from flows.schedules import BY_NAME, enqueue_ticks
from nr_models.tables import Outbox
from tasks.mail.delivery import deliver_due
from tasks.programme.programmes import Introuvable
from tasks.store.clock import now
from tasks.store.failures import note_failure
from tasks.store.lock import Occupe, programme_lock, raise_busy, runner_lock
from tasks.store.outbox import Consigne, list_due, load_payload, settle
from tasks.store.workspace import Workspace

_PERIOD_S = 0.3
_AFTER_FAILURE_S = 5
_MAILS = 10
_ATTEMPTS = 3
_TO_MINUTE = len("2026-11-25T09:36")

Say = Callable[[str], None]


class Runner:
    """Drains the outbox until asked to stop; ``say`` is told, in French, of what was done."""

    def __init__(self, workspace: Workspace, moteur: Moteur, say: Say) -> None:
        self.workspace, self.moteur, self.say = workspace, moteur, say
        self._minute = ""

    def work(self, stop: Event) -> None:
        """Do what is asked for, until ``stop`` is set; a failure is noted, and never ends the work."""
        while not stop.is_set():
            try:
                with runner_lock(self.workspace.settings, raise_busy):
                    while not stop.wait(_PERIOD_S):
                        self.turn()
            except Occupe:
                stop.wait(_AFTER_FAILURE_S)
            except Exception as error:
                note_failure(self.workspace.settings, "lanceur", error)
                stop.wait(_AFTER_FAILURE_S)

    def turn(self) -> None:
        """Everything that is due now, once."""
        instant = now()
        if instant[:_TO_MINUTE] != self._minute:
            self._minute = instant[:_TO_MINUTE]
            enqueue_ticks(self.workspace, instant)
        with self.workspace.reading() as session:
            due = list_due(session, instant, (Consigne.AVANCER, Consigne.HORAIRE))
        self._follow([row for row in due if row.kind == Consigne.AVANCER])
        self._deliver()
        for row in due:
            if row.kind == Consigne.HORAIRE:
                self._keep_time(row)

    def _follow(self, rows: Sequence[Outbox]) -> None:
        """Advance what acts let go on; decisions taken close together make one run a programme."""
        waves: dict[str, list[Outbox]] = defaultdict(list)
        for row in rows:
            waves[str(load_payload(row)["dossier"]).partition("/")[0]].append(row)
        for slug, wave in waves.items():
            try:
                with programme_lock(self.workspace.settings, slug, raise_busy):
                    made = follow(self.workspace, self.moteur, slug, wave)
                if made:
                    self.say(f"{slug} : suite produite, dossiers avancés : {made}.")
            except Occupe:  # a « nr avancer » is on it; what it leaves is done after
                continue
            except Introuvable as error:
                self._settle(wave, str(error), final=True)
            except Exception as error:  # one programme in trouble holds up neither the others, nor mails, nor the clock
                note_failure(self.workspace.settings, slug, error)
                self._settle(wave, type(error).__name__)

    def _keep_time(self, row: Outbox) -> None:
        """Do what the clock asks for; what fails is tried again, then left to the next time."""
        reason = ""
        try:
            BY_NAME[load_payload(row)["nom"]].act(self.workspace, self.moteur)
        except Exception as error:
            note_failure(self.workspace.settings, f"{row.kind} n° {row.id}", error)
            reason = type(error).__name__
        with self.workspace.writing() as session:
            settle(session, row, now(), reason, final=row.attempts + 1 >= _ATTEMPTS)

    def _deliver(self) -> None:
        """Some mails at a time: a slow mail server must not hold a decision up."""
        done = deliver_due(self.workspace, _MAILS)
        if done.envoyes or done.ecrits:
            self.say(f"Courriers envoyés : {done.envoyes} ; écrits dans .courrier/ : {len(done.ecrits)}.")
        for reason in done.echecs:
            self.say(f"Courrier pas parti : {reason}.")

    def _settle(self, rows: Sequence[Outbox], reason: str, *, final: bool = False) -> None:
        with self.workspace.writing() as session:
            for row in rows:
                settle(session, row, now(), reason, final=final)
