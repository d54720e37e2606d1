"""Letters, run files and plans agree: what a plan asks for can be written, kept, and read again the next day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from tests.dunning.livres_faits import (
    AMC,
    ANNUAIRE,
    MONDAY,
    NIR,
    OFFICINE,
    PERSON,
    PLACE,
    STANDARD,
    book,
    facture,
    owing,
    planned,
    who,
)

import tiers_payant as tp
from tiers_payant.domain import (
    Annuaire,
    Canal,
    Cible,
    Confiance,
    Echanges,
    Entete,
    Lettre,
    MotifNirFictif,
    Part,
    PlanRelances,
    Raison,
    Rapprochement,
    Suspension,
    TypeDebiteur,
    TypeSuspension,
    email_parts,
    read_annuaire,
)
from tiers_payant.dunning.lettres import courriers, load_modeles, read_modeles, render_lettres
from tiers_payant.errors import LayoutError, LetterError, RelanceError
from tiers_payant.matching import reconcile
from tiers_payant.pipeline import commit_relances, read_echanges
from tiers_payant.reports import relances_text

ENTETE = Entete(
    officine=OFFICINE, nom="PHARMACIE EXEMPLE", adresse=PLACE, telephone="0100000000", email="p@example.org"
)


def lettered(
    result: Rapprochement, plan: PlanRelances, echanges: Echanges | None = None, suspensions: Any = ()
) -> PlanRelances:
    def write(told: PlanRelances) -> Iterator[Lettre]:
        return render_lettres(
            courriers(result, told, {OFFICINE: ENTETE}, echanges, suspensions=suspensions), pdf=False
        )  # fmt: skip

    return attrs.evolve(plan, redaction=write)


def files_of(folder: Path) -> list[Path]:
    """Return every file but the lock."""
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".verrou"]


@pytest.mark.parametrize("what", ["policy", "palier", "client", "client tab"])
def test_name_that_no_run_file_can_hold_is_refused_before_anything_is_written(tmp_path, what):
    """Longer than 200 characters, or with a tab: no letter, no run file, and the folder is of use afterwards."""
    policy, client = STANDARD, "C1"
    if what == "policy":
        policy = attrs.evolve(STANDARD, nom="x" * 201)
    elif what == "palier":
        scenario = STANDARD.scenario(TypeDebiteur.PATIENT)
        assert scenario is not None
        step = attrs.evolve(scenario.paliers[0], code="a" * 201)
        policy = attrs.evolve(STANDARD, scenarios=[attrs.evolve(scenario, paliers=[step])])
    else:
        client = "C" * 220 if what == "client" else "C\t1"
    anybody = Annuaire(contacts=[who("c", TypeDebiteur.PATIENT, "CLIENT:*", officine=OFFICINE)])
    facts = book(facture(1, **PERSON), comptes_clients=[owing(1, client)])
    result, plan = planned(facts, policy=policy, annuaire=anybody)
    with pytest.raises(RelanceError, match=r"relances-2026-03-16\.json: contact 1"):
        commit_relances(lettered(result, plan), result, tmp_path)
    assert not files_of(tmp_path)
    assert not len(read_echanges(tmp_path))


def test_policy_name_that_utf8_cannot_hold_is_refused_before_anything_is_written(tmp_path):
    """A lone surrogate: no letter, no hidden file."""
    result, plan = planned(book(facture(1, **AMC)), policy=attrs.evolve(STANDARD, nom="x\ud800"))
    with pytest.raises(RelanceError, match="politique"):
        commit_relances(lettered(result, plan), result, tmp_path)
    assert not files_of(tmp_path)


def test_letters_of_a_commit_that_stopped_do_not_stay_beside_those_that_were_made(tmp_path):
    """A commit stops half way, then facture 1 is paid: the letter that asks for it goes; a note of somebody stays."""

    def stopped(told: PlanRelances) -> Iterator[Lettre]:
        yield from good.lettres()
        raise LetterError("stopped")

    result, plan = planned(book(facture(1, **AMC), facture(2, **AMC)))
    good = lettered(result, plan)
    with pytest.raises(LetterError):
        commit_relances(attrs.evolve(plan, redaction=stopped), result, tmp_path)
    (note,) = {path.with_name("note.txt") for path in tmp_path.glob("lettres-*/*")}
    note.write_text("exemple")
    result, plan = planned(book(facture(2, **AMC)))
    done = commit_relances(lettered(result, plan), result, tmp_path)
    letters = set(tmp_path.glob("lettres-*/*"))
    assert {*done.lettres, note} == letters


def test_letters_of_recorded_contacts_stay(tmp_path):
    """A later commit takes away nothing of those before."""
    result, plan = planned(book(facture(1, **AMC)))
    done = commit_relances(lettered(result, plan), result, tmp_path)
    day = MONDAY + dt.timedelta(days=28)
    result, plan = planned(book(facture(2, **AMC), today=day), day, echanges=read_echanges(tmp_path))
    after = commit_relances(lettered(result, plan), result, tmp_path)
    assert after.nouvelles
    assert {*done.lettres, *after.lettres} == set(tmp_path.glob("lettres-*/*"))


def test_commit_refuses_a_plan_made_without_the_history_of_its_folder(tmp_path):
    """It would send the same step again; made with it, it is carried out."""
    result, plan = planned(book(facture(1, **AMC)))
    commit_relances(lettered(result, plan), result, tmp_path)
    tuesday = MONDAY + dt.timedelta(days=1)
    result, plan = planned(book(facture(1, **AMC), today=tuesday), tuesday)
    with pytest.raises(RelanceError, match="history"):
        commit_relances(lettered(result, plan), result, tmp_path)
    facts = book(facture(1, **AMC), today=tuesday)
    result, plan = planned(facts, tuesday, echanges=read_echanges(tmp_path))
    assert () == commit_relances(lettered(result, plan), result, tmp_path).nouvelles


def test_contact_of_a_planned_reminder_is_the_one_of_that_day():
    """An id that stands on two periods: the plan and the preview show the entry of today."""
    contacts = [
        who("a", TypeDebiteur.AMC, "AMC:*", nom="ANCIEN", au=dt.date(2025, 12, 31)),
        who("a", TypeDebiteur.AMC, "AMC:*", nom="NOUVEAU", du=dt.date(2026, 1, 1)),
    ]
    result, plan = planned(book(facture(1, **AMC)), annuaire=Annuaire(contacts=contacts))
    assert plan[0].contact is not None
    assert "NOUVEAU" == plan[0].contact.nom
    assert "ANCIEN" not in relances_text(plan, result)


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"{{% for a{n} in lignes %}}" for n in range(21)) + "x" + "{% endfor %}" * 21,
        "{% if mise_en_demeure %}" * 101 + "x" + "{% endif %}" * 101,
        "{{ " + "9" * 5000 + " }}",
    ],
    ids=["21 loops", "101 conditions", "number of 5000 digits"],
)
def test_template_that_python_cannot_compile_is_a_letter_error(tmp_path, body):
    """More loops, conditions or digits than Python takes: the template is told, as for any other fault."""
    path = tmp_path / "m.toml"
    path.write_text(f'[[modeles]]\nnom = "x"\nobjet = "o"\ncorps = """\n{body}\n"""\n', "utf-8")
    with pytest.raises(LetterError, match=r"^x\.corps: "):
        read_modeles(path)


def test_id_filled_down_a_whole_column_gives_a_short_error(tmp_path):
    """One line a row, not one a pair."""
    path = tmp_path / "a.csv"
    rows = "".join(f"i;N;amo;AMO:{rank}\n" for rank in range(1000))
    path.write_text(f"id;nom;type;debiteurs\n{rows}", "utf-8")
    with pytest.raises(LayoutError) as told:
        read_annuaire(path)
    assert 999 == len(str(told.value).splitlines())


def test_numbers_of_confidential_care_given_to_the_planner_hold_the_plan_and_its_letters():
    """`plan_relances` takes them: nobody of that number is written to, and a plan made without them gives no letter."""
    motif = MotifNirFictif(
        masque=NIR[:10] + "???", libelle="exemple", reference="exemple", confiance=Confiance.BASSE
    )  # fmt: skip
    result = reconcile(book(facture(1, **PERSON), comptes_clients=[owing(1)]))
    asked: dict[str, Any] = {"today": MONDAY, "annuaire": ANNUAIRE, "entete": ENTETE}
    free = tp.plan_relances(result, **asked)
    held = tp.plan_relances(result, **asked, nirs_fictifs=[motif])
    assert free.counts().get(Raison.NIR_FICTIF, 0) < held.counts()[Raison.NIR_FICTIF]
    assert (1, 0) == tuple(sum(one.type is TypeDebiteur.PATIENT for one in plan) for plan in (free, held))
    with pytest.raises(LetterError, match="fictive number"):
        list(attrs.evolve(free, redaction=held.redaction).lettres())


@pytest.mark.parametrize(
    "days",
    [(dt.date(2026, 1, 1), dt.date(2026, 2, 1)), (dt.date(2026, 5, 1), None)],
    ids=["ended", "to come"],
)
def test_letters_agree_with_the_plan_on_when_confidential_care_holds(days):
    """Ended, or yet to begin: the plan asks again, and its letters are written."""
    hold = Suspension(
        type=TypeSuspension.CONFIDENTIEL, cible=Cible(officine=OFFICINE, debiteur="CLIENT:C1"), du=days[0], au=days[1]
    )
    result, plan = planned(book(facture(1, **PERSON), comptes_clients=[owing(1)]), suspensions=[hold])
    assert len(plan) == len(list(lettered(result, plan, suspensions=[hold]).lettres()))


def test_letters_agree_with_the_plan_on_an_insured_number_left_empty():
    """A key without its number, a professional customer: planned, and written."""
    facts = book(facture(1, **{**PERSON, "nir": ""}), comptes_clients=[owing(1, "P1")])
    result, plan = planned(facts)
    assert len(plan) == len(list(lettered(result, plan).lettres()))


def test_address_that_no_mail_can_have_is_told_in_the_plan():
    """It reaches nobody: the step is left out with its reason, and the letters of the day are written."""
    bad = who("c1", TypeDebiteur.PATIENT, "CLIENT:C1", officine=OFFICINE, email="nobody")
    facts = book(facture(1, **PERSON), comptes_clients=[owing(1)])
    result, plan = planned(facts, annuaire=Annuaire(contacts=[bad]))
    assert len(plan) == len(list(lettered(result, plan).lettres()))
    assert Raison.ADRESSE_MANQUANTE in plan.counts()


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@example.org, b@example.org", "a`b@example.org", "a" * 250 + "@b.fr"]
)
def test_text_that_is_no_address_reaches_nobody_by_mail(email):
    """Missing, no address, several, one that a letter would change, or too long."""
    assert email_parts(email) is None
    assert not who("x", TypeDebiteur.AMO, "AMO:*", email=email).reaches(Canal.EMAIL)


def test_letter_that_cannot_be_written_tells_its_contact():
    """Whatever is at fault, the error begins with the id of the contact, for somebody to find it."""
    result, plan = planned(book(facture(1, **AMC)))
    broken = {name: attrs.evolve(one, corps="{{ nothing }}") for name, one in load_modeles().items()}
    told = courriers(result, plan, {OFFICINE: ENTETE})
    with pytest.raises(LetterError, match=f"^{plan[0].id}: .*nothing"):
        list(render_lettres(told, modeles=broken, pdf=False))


def test_interest_and_its_mention_find_the_same_summons():
    """Numbers of factures agree whatever their leading zeros, in the plan and in its letter."""
    day = dt.date(2026, 6, 15)
    history = Echanges.of(
        1, relance=["r1"], le=["2026-01-20"], officine=[OFFICINE], debiteur=["CLIENT:P1"], type=["professionnel"],
        palier=["mise_en_demeure"], canal=["recommande"], mise_en_demeure=[True], lot_date=["2026-01-05"],
        lot=["001"], facture=["1"], part=[int(Part.ASSURE)], cents=[200000],
        politique=np.array(["standard"], dtype=object),
    )  # fmt: skip
    facts = book(facture(1, **PERSON), today=day, comptes_clients=[owing(1, "P1", 200000)])
    result, plan = planned(facts, day, echanges=history)
    assert plan[0].interets_cents > 0
    (letter,) = lettered(result, plan, history).lettres()
    assert letter.relance == plan[0].id
