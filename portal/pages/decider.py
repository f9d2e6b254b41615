"""A validation: what is submitted, what is doubtful, who decides; and the decision itself."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from starlette.responses import Response

from nr_models.dossier.gates import Ouverture, Verdict
from nr_models.dossier.workflow import Acte
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.french import french_day, joined
from portal.labels import name_document, write_format, write_size
from portal.pages.decision.essentiel import build_essentiel, build_sober
from portal.pages.decision.forme import Essentiel
from portal.pages.decision.vue import (
    PAS_ICI,
    Autre,
    AvisDonne,
    DocumentSoumis,
    Ecart,
    EtapeARevoir,
    MaDecision,
    Peut,
    Possibilite,
    Saisi,
    Vue,
)
from portal.pages.visite import Visite, new_demande
from tasks.acts.door import DocumentChange, SuiteDonnee
from tasks.portee.a_decider import ADecider
from tasks.portee.portee import Portee


def show(visite: Visite, refus: SuiteDonnee | None = None) -> Response:
    """The page of a validation; after a refusal, what was typed stays, beside what is there now."""
    portee = visite.portee
    cas = portee.load_validation(*map(visite.place, ("programme", "slug", "gate")))
    vue = _build(cas, portee, visite, refus)
    return visite.render("decision", status=refus.code.http if refus else 200, moi=portee.nom, vue=vue, pied=vue.pied)


def decide(visite: Visite) -> Response:
    """Record the decision on what was seen, or show the page again with why not."""
    portee, (programme, slug, gate) = visite.portee, map(visite.place, ("programme", "slug", "gate"))
    cas, said = portee.load_validation(programme, slug, gate), visite.said("verdict")
    if said not in set(Verdict):
        return show(visite, SuiteDonnee(False, "Choisissez ce que vous décidez."))
    done = portee.decide(
        cas.cle,
        gate,
        Verdict(said),
        vu=visite.said("vu"),
        motif=visite.said("motif"),
        etape=visite.said("etape"),
        demande=visite.said("demande"),
    )
    if not done.accepted:
        return show(visite, done)
    number = portee.find_decision(programme, slug, gate)
    return visite.go(f"/d/{cas.cle}/recu/{number}" if number else f"/d/{cas.cle}/decider/{gate}")


def give_avis(visite: Visite) -> Response:
    """Record an opinion, then show the validation again."""
    portee, (programme, slug, gate) = visite.portee, map(visite.place, ("programme", "slug", "gate"))
    cas = portee.load_validation(programme, slug, gate)
    done = portee.give_avis(cas.cle, gate, texte=visite.said("texte"), demande=visite.said("demande"))
    return visite.go(f"/d/{cas.cle}/decider/{gate}#avis") if done.accepted else show(visite, done)


def _build(cas: ADecider, portee: Portee, visite: Visite, refus: SuiteDonnee | None) -> Vue:
    page = f"/d/{cas.cle}"
    return Vue(
        essentiel=_build_essentiel(cas),
        collectivite=cas.nom,
        numero=cas.stage.numero,
        etape=cas.stage.nom,
        validation=cas.validation.nom,
        echeance=_tell_deadline(cas),
        depuis=f"Elle est demandée depuis le {french_date(cas.depuis)}." if cas.ouverte else "",
        lecteur=portee.nom,
        roles=joined(cas.titres) if cas.titres else None,
        vu=cas.sceau,
        code=show_code(cas.sceau),
        demande=new_demande(),
        action=f"{page}/decider/{cas.validation.gate}",
        peut=_list_possible(cas, narrow=portee.is_narrow),
        pied=portee.tell_how(),
        autres=tuple(_list_others(cas, portee.qui.mail)),
        avis=tuple(AvisDonne(item.nom, french_day(item.le), item.texte or "effacé") for item in cas.avis),
        documents=tuple(_list_documents(cas)),
        changements=cas.changements.dites if cas.changements else (),
        releves=(cas.releve, *cas.anomalies) if cas.releve else (),
        a_reprendre=cas.a_reprendre,
        reserves=cas.reserves,
        notes=(*cas.notes, *cas.recents),
        ma_decision=_tell_own(cas),
        saisi=Saisi(*(visite.said(name) for name in ("verdict", "motif", "etape", "texte"))),
        refus=refus.message if refus else "",
        ecarts=tuple(map(_tell_gap, refus.ecarts)) if refus else (),
        etapes=tuple(EtapeARevoir(item.slug, f"{item.numero}. {item.nom}") for item in reversed(cas.corrigeables)),
        action_avis=f"{page}/aviser/{cas.validation.gate}",
        retirer=f"{page}/recu/{cas.mienne.numero}" if cas.mienne else "",
        deleguer=f"{page}/deleguer",
        en_retard=cas.ouverte and cas.retard,
        retrait=_tell_withdrawal(cas),
    )


def _build_essentiel(cas: ADecider) -> Essentiel:
    """From the sealed bytes of the result; where the store lost or altered them, nothing is told of it."""
    if cas.resultat is None:
        return build_sober(cas.stage.slug)._replace(
            chapeau="Le résultat scellé de cette étape a été perdu ou altéré : rien n’en est repris ici. "
            "Prévenez l’équipe de votre programme avant de décider."
        )
    return build_essentiel(
        cas.stage.slug, cas.resultat, cas.referentiel, cas.entree, jour=cas.aujourdhui, ouverture=cas.methode
    )


_ISSUES = {
    Ouverture.APPROUVEE: "Cette validation est acquise.",
    Ouverture.A_CORRIGER: "Une correction a été demandée : il n’y a plus rien à décider ici.",
    Ouverture.REFUSEE: "C’est refusé : il n’y a plus rien à décider ici.",
    None: "Ce qui était soumis a changé : un nouveau courrier dira quand décider.",
}


def _tell_deadline(cas: ADecider) -> str:
    if not cas.ouverte:
        return _ISSUES[cas.issue]
    if cas.blocage:
        return f"Personne ne peut décider : {cas.blocage}."
    day = french_date(cas.echeance)
    whose = "Votre décision est" if cas.titres else "La décision est"
    return (
        f"{whose} en retard : elle était attendue le {day}."
        if cas.retard
        else f"{whose} attendue le {day} au plus tard."
    )


def _list_possible(cas: ADecider, *, narrow: bool) -> Peut:
    """The acts that the table lets this person do; by a validation's link, only what is about it."""
    return Peut(
        decider=_may(cas, Acte.APPROUVER) if cas.titres else PAS_ICI,
        retirer=_may(cas, Acte.RETIRER),
        aviser=PAS_ICI if cas.titres else _may(cas, Acte.AVISER),
        deleguer=Possibilite(False, _PAR_CODE) if narrow and cas.titres else _may(cas, Acte.DELEGUER),
    )


_PAR_CODE = (
    "Ce lien n’ouvre que cette validation. Pour déléguer, demandez un code par courrier à la page « Entrer » ; "
    "si cette décision ne vous revient pas, dites-le à l’équipe de votre programme."
)


def _may(cas: ADecider, acte: Acte) -> Possibilite:
    found = next((item for item in cas.possibles if item.acte is acte), None)
    if found is None or not (cas.ouverte or acte is Acte.DELEGUER):
        return PAS_ICI
    return Possibilite(found.allowed, "" if found.allowed else f"{' ; '.join(found.reasons).capitalize()}.")


def _list_others(cas: ADecider, mail: str) -> Iterable[Autre]:
    for item in cas.voix:
        if item.mail != mail:
            said = item.verdict.nom if item.verdict else ""
            yield Autre(item.nom, joined(item.roles), said, french_day(item.le) if item.le else "")


def _tell_withdrawal(cas: ADecider) -> str:
    """What becomes of an approval: it ends the validation, or can be taken back while others are awaited."""
    if cas.clot:
        return "Votre approbation termine cette validation : elle ne se retirera plus."
    return "D’autres doivent encore décider ; d’ici là, vous pourrez retirer votre approbation."


def _list_documents(cas: ADecider) -> Iterable[DocumentSoumis]:
    for item in cas.documents:
        href = f"/d/{cas.cle}/{item.stage}/{quote(item.nom)}"
        yield DocumentSoumis(href, name_document(item.nom, cas.entree), write_format(item.nom), write_size(item.taille))


def _tell_own(cas: ADecider) -> MaDecision | None:
    if cas.mienne is None:
        return None
    return MaDecision(cas.mienne.verdict.nom, french_day(cas.mienne.le), f"/d/{cas.cle}/recu/{cas.mienne.numero}")


def _tell_gap(gap: DocumentChange) -> Ecart:
    if not gap.vu:
        return Ecart(gap.nom, "ajouté depuis")
    return Ecart(gap.nom, "changé depuis" if gap.trouve else "supprimé depuis")
