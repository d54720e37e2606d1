"""What each pass settles, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from tiers_payant.domain import (
    Book,
    Comptes,
    Etat,
    EtatVirement,
    PassSpec,
    Rapprochement,
    load_payeurs,
    plain_text,
    virement_ids,
)
from tiers_payant.errors import PassError, PolicyError
from tiers_payant.matching import Fenetres, MatchPolicy, reconcile

OFFICINE = "999000019"
LABEL = "TP-20260108-EXEMPLE-0001"


def book(
    *,
    groups: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    moves: list[dict[str, Any]] | None = None,
    sender: str = "CP",
) -> Book:
    """Build a book with one facture of 10 EUR for each group, announced in full unless the group says otherwise."""
    numbers = [f"{rank:09d}" for rank in range(len(groups))]
    count = len(groups)
    due = [group.get("du", 1000) for group in groups]
    return Book.from_columns(
        {
            "factures": {
                "officine": [OFFICINE] * count, "lot_date": ["2026-01-05"] * count, "lot": ["001"] * count,
                "facture": numbers, "paiement": ["05"] * count, "part_amo_cents": due,
            },
            "retours": {"emetteur_type": [sender], "empreinte": ["exemple"]},
            "groupes": {
                "officine": [OFFICINE] * count, "date": [group.get("date", "2026-01-08") for group in groups],
                "libelle_1": [group.get("label", "") for group in groups], "retour": [0] * count,
            },
            "reponses": {
                "officine": [OFFICINE] * count, "lot_date": ["2026-01-05"] * count, "lot": ["001"] * count,
                "facture": numbers, "part": [1] * count, "reponse": [1] * count, "annonce_cents": due,
                "groupe": list(range(count)), "retour": [0] * count,
            },
            "mouvements": {
                "montant_cents": [move["cents"] for move in moves or []],
                "groupe": [move.get("group", 0) for move in moves or []],
            },
            "virements": {
                "compte": [line.get("compte", "A") for line in lines],
                "date": [line.get("date", "2026-01-09") for line in lines],
                "montant_cents": [line.get("cents", 1000) for line in lines],
                "libelle": [line.get("label", "CPAM DE VILLE-EXEMPLE") for line in lines],
                "emetteur": [line.get("emetteur", "") for line in lines],
                "statut": [line.get("statut", 0) for line in lines],
                "devise": [line.get("devise", "EUR") for line in lines],
                "extourne": [line.get("extourne", False) for line in lines],
            },
        }
    )  # fmt: skip


def etats(result: Rapprochement) -> list[Etat]:
    return [creance.etat for creance in result.creances]


def test_one_group_and_one_credit_are_settled():
    """
    Payer, net and period name one pair: the créance is paid, and the link says by which pass.
    """
    result = reconcile(book(groups=[{}], lines=[{}]))
    assert [Etat.CREDITEE] == etats(result)
    assert [b"payeur_net_periode"] == result.liens_virements.passe.tolist()


def test_two_equal_credits_for_one_group_are_left_alone():
    """
    A tie is never broken by order: nothing is paid, both lines are proposed, each the other's rival.
    """
    result = reconcile(book(groups=[{}], lines=[{}, {"date": "2026-01-12"}]))
    assert [Etat.ANNONCEE] == etats(result)
    assert [b"AMBIGU", b"AMBIGU"] == result.propositions.motif.tolist()
    names = virement_ids(result.tables)
    assert [names[1], names[0]] == result.propositions.rivaux.tolist()
    assert ["ANNONCE_A_CONFIRMER"] == [creance.motif for creance in result.creances]
    assert 2000 == result.totaux.propose_cents


def test_an_answer_of_no_group_is_not_to_be_confirmed():
    """
    What is proposed for a group says nothing of an announcement that belongs to none.
    """
    given = book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}])
    answers = given.tables.reponses.with_columns(groupe=[-1, 1])
    tables = attrs.evolve(given.tables, reponses=answers)
    motifs = [creance.motif for creance in reconcile(attrs.evolve(given, tables=tables)).creances]
    assert ["ANNONCE_NON_CREDITEE", "ANNONCE_A_CONFIRMER"] == motifs


def test_funds_of_unusual_codes_are_never_taken_for_one_another():
    """
    Codes longer than a caisse or a centre ever is still name debtors apart.
    """
    key = {"officine": [OFFICINE] * 2, "lot_date": ["2026-01-05"] * 2, "lot": ["001"] * 2, "facture": ["1", "2"]}
    funds = {"regime": ["01"] * 2, "caisse": ["999"] * 2, "centre": ["100001", "200001"]}
    given = Book.from_columns({"factures": {**key, **funds, "paiement": ["05"] * 2, "part_amo_cents": [100] * 2}})
    debtors = [creance.debiteur for creance in reconcile(given).creances]
    assert ["AMO:01-999-100001", "AMO:01-999-200001"] == debtors


def test_a_label_decides_between_equal_groups():
    """
    The transfer label that a return announces, found in the bank line, tells two equal amounts apart.
    """
    result = reconcile(
        book(groups=[{"label": LABEL}, {"label": "TP-20260108-EXEMPLE-0002"}], lines=[{"label": f"VIR SEPA {LABEL}"}])
    )
    assert [Etat.CREDITEE, Etat.ANNONCEE] == etats(result)
    assert [b"libelle_virement"] == result.liens_virements.passe.tolist()


def test_a_label_cut_by_a_line_wrap_is_still_found():
    """
    Spaces are left out before labels are compared.
    """
    wrapped = f"VIR SEPA {LABEL[:11]} {LABEL[11:]}"
    result = reconcile(book(groups=[{"label": LABEL}], lines=[{"label": wrapped}]))
    assert [Etat.CREDITEE] == etats(result)


def test_a_label_never_outvotes_the_amount():
    """
    Money is a gate: the right label on another amount settles nothing.
    """
    result = reconcile(book(groups=[{"label": LABEL}], lines=[{"label": LABEL, "cents": 999}]))
    assert [Etat.ANNONCEE] == etats(result)
    assert 999 == result.totaux.inexplique_cents


@pytest.mark.parametrize(("date", "etat"), [("2026-01-07", Etat.CREDITEE), ("2026-01-06", Etat.ANNONCEE),
                                            ("2026-01-23", Etat.CREDITEE), ("2026-01-24", Etat.ANNONCEE)])  # fmt: skip
def test_the_period_runs_from_the_day_before_to_fifteen_days_after(date, etat):
    """
    Both ends of the window are inside it.
    """
    assert [etat] == etats(reconcile(book(groups=[{}], lines=[{"date": date}])))


def test_the_period_is_a_policy():
    """
    A caller narrows it.
    """
    policy = MatchPolicy(apres_jours=0)
    assert [Etat.ANNONCEE] == etats(reconcile(book(groups=[{}], lines=[{}]), policy=policy))


def test_a_late_credit_is_not_taken_for_a_younger_transfer():
    """
    An older transfer of the same amount, still open, is a rival: its credit may come weeks late.

    Found by the simulator: 2,39 EUR paid 25 days late were taken for the transfer of the week.
    """
    result = reconcile(book(groups=[{"date": "2026-01-08"}, {"date": "2026-01-26"}], lines=[{"date": "2026-02-02"}]))
    assert [Etat.ANNONCEE, Etat.ANNONCEE] == etats(result)
    assert {b"AMBIGU", b"HORS_PERIODE"} == set(result.propositions.motif.tolist())


def test_what_is_settled_is_no_rival_in_the_next_pass():
    """
    The older transfer has its own credit; the younger one is settled once that is known.
    """
    groups = [{"date": "2026-01-08"}, {"date": "2026-01-26"}]
    result = reconcile(book(groups=groups, lines=[{"date": "2026-01-09"}, {"date": "2026-01-27"}]))
    assert [Etat.CREDITEE, Etat.CREDITEE] == etats(result)
    assert [b"payeur_net_periode", b"payeur_net_reste"] == result.liens_virements.passe.tolist()


def test_a_reference_to_another_transfer_is_evidence_against():
    """
    The payer fits and the amount too, but the line says which transfer it pays: not this one.
    """
    lines = [{"label": "CPAM EXEMPLE TP-20251201-EXEMPLE-0009"}]
    result = reconcile(book(groups=[{"label": LABEL}], lines=lines))
    assert [Etat.ANNONCEE] == etats(result)
    assert 0 == len(result.propositions)


def test_a_reference_cut_short_denies_nothing():
    """
    Banks cut labels: the beginning of the announced label is no other transfer.
    """
    result = reconcile(
        book(groups=[{"label": LABEL}], lines=[{"label": f"CPAM EXEMPLE {LABEL[:14]} VIREMENT EN VOTRE FAVEUR"}])
    )
    assert [Etat.CREDITEE] == etats(result)


def test_a_label_settles_after_the_period():
    """
    The label and the amount together need no period, as long as the transfer is remembered.
    """
    given = book(groups=[{"label": LABEL}], lines=[{"label": LABEL, "date": "2026-03-01"}])
    assert [Etat.CREDITEE] == etats(reconcile(given))
    assert [Etat.ANNONCEE] == etats(reconcile(given, policy=MatchPolicy(memoire_jours=30)))


def test_another_payer_is_no_candidate():
    """
    A complementary insurer's platform does not pay a caisse's return.
    """
    result = reconcile(book(groups=[{}], lines=[{"label": "CETIP TP SP S"}]))
    assert [Etat.ANNONCEE] == etats(result)
    assert 0 == len(result.propositions)
    assert [EtatVirement.INEXPLIQUE] == result.etats_virements.tolist()


def test_an_unknown_payer_is_only_proposed():
    """
    The amount and the day alone never settle; the line comes into scope as a candidate.
    """
    result = reconcile(book(groups=[{}], lines=[{"label": "VIR EXEMPLE"}]))
    assert [Etat.ANNONCEE] == etats(result)
    assert [b"PAYEUR_INCONNU"] == result.propositions.motif.tolist()
    assert [EtatVirement.PROPOSE] == result.etats_virements.tolist()


def test_the_net_settles_and_a_withholding_lowers_no_member():
    """
    600 withheld on 1000: the credit of 400 settles, the facture is paid in full, the movement stands apart.
    """
    result = reconcile(book(groups=[{}], lines=[{"cents": 400}], moves=[{"cents": -600}]))
    assert [(Etat.CREDITEE, 1000)] == [(creance.etat, creance.credite_cents) for creance in result.creances]
    assert (400, 1000, -600, -600) == (
        result.totaux.virements_cents, result.totaux.credite_cents, result.totaux.mouvements_cents,
        result.totaux.retenu_cents,
    )  # fmt: skip


def test_the_sum_before_movements_is_only_proposed():
    """
    Only the net settles.
    """
    result = reconcile(book(groups=[{}], lines=[{"cents": 1000}], moves=[{"cents": -600}]))
    assert [Etat.ANNONCEE] == etats(result)
    assert [b"BRUT"] == result.propositions.motif.tolist()


@pytest.mark.parametrize("line", [{"statut": 1}, {"statut": 2}, {"devise": "CHF"}])
def test_what_is_not_booked_in_euros_is_no_money(line):
    """
    A pending line, an information and another currency pay nothing and stay out of the balance; they are told.
    """
    result = reconcile(book(groups=[{}], lines=[line]))
    assert [Etat.ANNONCEE] == etats(result)
    assert 0 == result.totaux.virements_cents
    assert ["LIGNES_NON_COMPTABILISEES"] == [problem.code for problem in result.problems]


def test_lines_of_nobody_stay_out():
    """
    Rent and suppliers are out of scope; an insurer's debit is followed.
    """
    lines = [{"label": "LOYER EXEMPLE", "cents": -90000}, {"label": "VIREMENT INDU CPAM REF 1", "cents": -500}]
    result = reconcile(book(groups=[], lines=lines))
    assert [EtatVirement.HORS_PERIMETRE, EtatVirement.INEXPLIQUE] == result.etats_virements.tolist()
    assert (-500, -500) == (result.totaux.virements_cents, result.totaux.inexplique_cents)


def test_money_of_an_unknown_facture_is_kept_apart():
    """
    A settled group pays a facture that no lot holds: its cents are unassigned, told, and in balance.
    """
    given = book(groups=[{}, {}], lines=[{}])
    tables = given.tables
    alone = Book(
        tables=tables.keep({"factures": tables.factures.facture == b"none", "groupes": tables.groupes.retour < 0})
    )
    assert 0 == len(reconcile(alone).creances)
    orphan = Book.from_columns(
        {
            "retours": {"emetteur_type": ["CP"], "empreinte": ["exemple"]},
            "groupes": {"officine": [OFFICINE], "date": ["2026-01-08"], "retour": [0]},
            "reponses": {"officine": [OFFICINE], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["000000007"],
                         "part": [1], "reponse": [1], "annonce_cents": [1000], "groupe": [0], "retour": [0]},
            "virements": {"date": ["2026-01-09"], "montant_cents": [1000], "libelle": ["CPAM EXEMPLE"]},
        }
    )  # fmt: skip
    result = reconcile(orphan)
    assert (1000, 0) == (result.totaux.non_ventile_cents, result.totaux.credite_cents)
    assert ["REPONSES_SANS_FACTURE"] == [problem.code for problem in result.problems]


def test_an_unknown_payment_code_bills_nothing_and_is_told():
    """
    Shares that nobody can tell billed are not followed, and the caller knows.
    """
    given = Book.from_columns(
        {"factures": {"facture": ["1", "2"], "paiement": ["06", "06"], "part_amo_cents": [10, 10]}}
    )
    result = reconcile(given)
    assert 0 == len(result.creances)
    assert [("CODE_PAIEMENT_INCONNU", 2)] == [(p.code, p.params["nombre"]) for p in result.problems]


def test_more_than_due_is_credited_and_said():
    """
    A surplus leaves the créance paid, with a reason of its own.
    """
    given = book(groups=[{}], lines=[{"cents": 1500}])
    more = given.tables.reponses.with_columns(annonce_cents=[1500])
    result = reconcile(Book.from_columns({**_columns(given), "reponses": more.columns()}))
    assert [("TROP_PERCU", Etat.CREDITEE)] == [(creance.motif, creance.etat) for creance in result.creances]


def _columns(given: Book) -> dict[str, Any]:
    return {name: table.columns() for name, table in given.tables.each() if len(table)}


def test_explain_names_the_announcement_and_the_credit():
    """
    Why it is paid, in French: the answer, the amount, the day, the pass.
    """
    result = reconcile(book(groups=[{}], lines=[{}]))
    told = str(result.explain(result.creances[0])).replace("\u00a0", " ")
    assert "lot 001 du 05/01/2026" in told
    assert "Réglée : le virement bancaire couvre la somme due." in told
    assert "annonce 10,00 €" in told
    assert f"Règlement payé par le virement de 10,00 € du 09/01/2026 ({virement_ids(result.tables)[0]})." in told
    assert "Reconnu : le payeur, le montant net et la période" in told


def test_explain_says_what_is_missing():
    """
    Why not: announced, and no bank line was recognised.
    """
    result = reconcile(book(groups=[{}], lines=[]))
    assert "Aucun virement reconnu pour ce règlement" in result.explain(result.creances[0])


def test_explain_shows_what_is_only_proposed():
    """
    The lines that a person may choose from: their amount and their days.
    """
    result = reconcile(book(groups=[{}], lines=[{}, {"date": "2026-01-12"}]))
    told = str(result.explain(result.creances[0])).replace("\u00a0", " ")
    assert "à confirmer par une personne" in told
    for day in ("09/01/2026", "12/01/2026"):
        assert f"virement de 10,00 € du {day}" in told


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("VIR SEPA C.P.A.M. TOULOUSE", "cpam"),
        ("VIREMENT DE MUTUALITE SOCIALE AGRICO", "msa"),
        ("CETIP CETIP TP ISANTE", "cetip"),
        ("DDFIP DU VAR DE: CNMSS CNMSSPRESTA", "cnmss"),
        ("MUTUELLE GENERALE EDUCATION NATIONALE TP", "mgen"),
        ("LOYER EXEMPLE", None),
        ("", None),
    ],
)
def test_payers_are_named_by_the_longest_known_text(text, payer):
    """
    Wordings of public labels, accents and points left out; cut names included.
    """
    found = load_payeurs().named_in(plain_text(text))
    assert payer == (found.id if found else None)


def test_a_crowd_of_equal_amounts_is_refused_without_drawing_its_pairs():
    """
    Ten thousand groups and ten thousand credits of one amount: no pair, no proposal, one problem, all inexpliqué.
    """
    crowd = 10_000
    result = reconcile(book(groups=[{}] * crowd, lines=[{"label": "VIR EXEMPLE"}] * crowd))
    assert (0, 0) == (len(result.liens_virements), len(result.propositions))
    assert {EtatVirement.INEXPLIQUE} == set(result.etats_virements.tolist())
    assert [("CANDIDATS_TROP_NOMBREUX", {"nombre": crowd})] == [(one.code, one.params) for one in result.problems]


def test_more_rivals_than_a_person_can_choose_from_are_told_not_listed():
    """
    Beyond twenty candidates for one group nothing is proposed; what has fewer keeps its proposals.
    """
    lines: list[dict[str, Any]] = [{}] * 21 + [{"cents": 700}] * 2
    result = reconcile(book(groups=[{}, {"du": 700}], lines=lines))
    assert [700, 700] == result.propositions.cents.tolist()
    assert [("CANDIDATS_TROP_NOMBREUX", {"nombre": 21})] == [(one.code, one.params) for one in result.problems]


def test_an_account_that_two_officines_claim_may_be_any():
    """
    Whoever was told last is not its owner: the credit goes to the officine whose group it fits, in either order.
    """
    for claims in ([OFFICINE, "999000027"], ["999000027", OFFICINE]):
        given = book(groups=[{}], lines=[{}]).tables
        comptes = Comptes.of(officine=claims, compte=["A", "A"], source=[0, 0])
        assert [Etat.CREDITEE] == etats(reconcile(Book(tables=attrs.evolve(given, comptes=comptes))))


def test_a_group_without_return_borrows_no_sender():
    """
    A group that points to no return is of an unknown sender: it takes none of the other returns' payers.
    """
    given = book(groups=[{}], lines=[{}]).tables
    alone = given.groupes.with_columns(retour=[-1])
    result = reconcile(Book(tables=attrs.evolve(given, groupes=alone)))
    assert [Etat.ANNONCEE] == etats(result)


REPRISE: dict[str, Any] = {"groups": [{"du": 1000}, {"du": -300, "date": "2026-02-10"}]}
"""A facture paid, and three euros of another taken back a month later, alone in their transfer."""


@pytest.mark.parametrize(
    ("line", "etat"),
    [
        ({"cents": -300, "label": "VIREMENT INDU CPAM REF EXEMPLE"}, EtatVirement.EXPLIQUE),
        ({"cents": 300}, EtatVirement.INEXPLIQUE),
        ({"cents": -299}, EtatVirement.INEXPLIQUE),
        ({"cents": -300, "label": "VIREMENT FOURNISSEUR EXEMPLE"}, EtatVirement.PROPOSE),
        ({"cents": -300, "label": "CETIP TP SP S"}, EtatVirement.INEXPLIQUE),
        ({"cents": -300, "date": "2026-04-01"}, EtatVirement.PROPOSE),
        ({"cents": -300, "extourne": True}, EtatVirement.INEXPLIQUE),
    ],
)
def test_an_undue_sum_repaid_by_a_debit(line, etat):
    """
    What a return takes back in a transfer of its own is settled by the debit of that amount, under the same laws.
    """
    result = reconcile(book(**REPRISE, lines=[{}, {"date": "2026-02-12", **line}]))
    assert [EtatVirement.EXPLIQUE, etat] == result.etats_virements.tolist()


def test_two_equal_debits_for_one_take_back_are_left_alone():
    """
    Nothing says which of them repays it.
    """
    debit = {"cents": -300, "date": "2026-02-12"}
    result = reconcile(book(**REPRISE, lines=[{}, debit, debit]))
    assert [EtatVirement.EXPLIQUE, EtatVirement.PROPOSE, EtatVirement.PROPOSE] == result.etats_virements.tolist()
    assert -600 == result.totaux.propose_cents


def test_a_creance_paid_then_repaid_is_taken_back():
    """
    Its crédité returns to zero, and the debit stands among what settles it.
    """
    given = book(groups=[{"du": 1000}, {"du": -1000, "date": "2026-02-10"}], lines=[{}])
    tables = given.tables
    debit = tables.virements.with_columns(
        date=np.array(["2026-02-12"], dtype="datetime64[D]"), montant_cents=np.array([-1000])
    )
    both = attrs.evolve(
        tables,
        factures=tables.factures.take(np.array([0])),
        reponses=tables.reponses.with_columns(facture=np.repeat(tables.reponses.facture[:1], 2)),
        virements=type(debit).concat([tables.virements, debit]),
    )
    result = reconcile(Book(tables=both)).verify()
    assert [Etat.REPRISE] == etats(result)
    assert 0 == result.totaux.credite_cents == result.totaux.virements_cents


def test_a_payer_has_windows_of_its_own():
    """
    A policy may know one payer better; a line that names another keeps the policy's windows.
    """
    line = {"date": "2026-01-13"}
    given = book(groups=[{}], lines=[line])
    for payeur, etat in (("cpam", Etat.ANNONCEE), ("msa", Etat.CREDITEE)):
        policy = MatchPolicy(par_payeur={payeur: Fenetres(apres_jours=4)})
        assert [etat] == etats(reconcile(given, policy=policy))


def test_a_wider_window_of_one_payer_widens_no_other():
    """
    Each line keeps the pairs of its own window, although all are drawn in the widest.
    """
    lines: list[dict[str, Any]] = [
        {"date": "2026-02-10"},
        {"date": "2026-02-10", "cents": 2000, "label": f"VIR {LABEL}"},
    ]
    policy = MatchPolicy(memoire_jours=0, par_payeur={"cpam": Fenetres(apres_jours=60)})
    result = reconcile(book(groups=[{}, {"du": 2000, "label": LABEL}], lines=lines), policy=policy)
    assert [Etat.CREDITEE, Etat.ANNONCEE] == etats(result)


def test_windows_of_a_payer_leave_the_rest_of_the_policy():
    """
    What an override does not say is the policy's own; the order of payers says nothing.
    """
    one, other = Fenetres(apres_jours=4), Fenetres(avant_jours=0)
    policy = MatchPolicy(memoire_jours=30, par_payeur={"msa": one, "cpam": other})
    assert (1, 4, 30) == attrs.astuple(policy.of_payeur("msa"))[:3]
    assert policy == policy.of_payeur("mnh") == policy.of_payeur(None)
    assert policy == MatchPolicy(memoire_jours=30, par_payeur=(("cpam", other), ("msa", one)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"avant_jours": -1},
        {"apres_jours": 1.5},
        {"memoire_jours": True},
        {"memoire_jours": 10**30},
        {"accidents_max": float("nan")},
        {"accidents_max": "1"},
        {"par_payeur": 3},
        {"par_payeur": {"cpam": 3}},
    ],
)
def test_a_policy_that_cannot_be_is_refused(wrong):
    """
    An error of the library, which says the field.
    """
    with pytest.raises(PolicyError, match=next(iter(wrong))):
        MatchPolicy(**wrong)


def test_windows_of_nobody_are_refused():
    """
    A misspelt payer would change nothing, silently.
    """
    with pytest.raises(PolicyError, match="cpma"):
        reconcile(book(groups=[{}], lines=[{}]), policy=MatchPolicy(par_payeur={"cpma": Fenetres()}))


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ({"label": "VIR RECU 99S DE: M EXEMPLE MOTIF: PART CPAM"}, EtatVirement.PROPOSE),
        ({"label": "PART CPAM", "emetteur": "M EXEMPLE"}, EtatVirement.PROPOSE),
        ({"label": "VIR RECU 99S DE: CPAM EXEMPLE MOTIF: PART MSA"}, EtatVirement.EXPLIQUE),
        ({"label": "PART MSA", "emetteur": "CPAM EXEMPLE"}, EtatVirement.EXPLIQUE),
    ],
)
def test_what_a_payer_writes_names_nobody_else(line, state):
    """
    A patient may write the name of an insurer: where the bank gives the payer's name, that alone tells the payer.
    """
    assert [state] == reconcile(book(groups=[{}], lines=[line])).etats_virements.tolist()


def test_a_debit_may_bear_the_name_of_the_officine():
    """
    Who is repaid stands in its label.
    """
    line = {"cents": -300, "label": "VIREMENT INDU CPAM REF 1", "emetteur": "PHARMACIE EXEMPLE"}
    assert [EtatVirement.EXPLIQUE] == reconcile(book(groups=[{"du": -300}], lines=[line])).etats_virements.tolist()


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("VIR TP-20260108-EXEMPLE", EtatVirement.INEXPLIQUE),
        ("VIR TP-202601 08-EXEMPLE", EtatVirement.INEXPLIQUE),
        ("VIR TP-99999999-EXEMPLE", EtatVirement.HORS_PERIMETRE),
        ("VIR LOT NUMERO AKO123", EtatVirement.INEXPLIQUE),
        ("VIR LOTISSEMENT 12", EtatVirement.HORS_PERIMETRE),
        ("VIR 260080000001", EtatVirement.INEXPLIQUE),
        ("VIR 264000000001", EtatVirement.HORS_PERIMETRE),
        ("VIR 260000000001", EtatVirement.HORS_PERIMETRE),
    ],
)
def test_a_typed_reference_is_followed_and_settles_nothing(label, state):
    """
    A block with a date, a lot number, twelve digits that begin with a year and one of its days.
    """
    result = reconcile(book(groups=[{"du": 5000}], lines=[{"label": label}]))
    assert [state] == result.etats_virements.tolist()


def test_the_day_in_twelve_digits_denies_nothing():
    """
    No source shows those digits on a transfer to a professional: their date is no evidence against a group.
    """
    line = {"label": "CPAM EXEMPLE 252000000001"}
    assert [EtatVirement.EXPLIQUE] == reconcile(book(groups=[{}], lines=[line])).etats_virements.tolist()


@pytest.mark.parametrize(
    ("keeps", "message"),
    [
        (
            lambda edges: np.zeros(len(edges) + 1, dtype=np.bool_),
            r"pass essai: expected .* 1 pairs, got ndarray of bool, of shape \(2,\)",
        ),
        (lambda edges: np.zeros(len(edges), dtype=np.int64), "pass essai: expected .* got .* of int64"),
        (lambda edges: [0, 0, 0], "pass essai: expected .* got .* of int64"),
        (lambda edges: None, "pass essai: expected .* got NoneType of object"),
        (lambda edges: [][1], r"pass essai: failed \(IndexError\)"),
    ],
)
def test_a_pass_that_breaks_its_contract_is_named(keeps, message):
    """
    A vendor's pass that fails, or answers for other pairs than it was asked about, stops the run by its name.
    """
    own = PassSpec(name="essai", label="essai", keeps=keeps, in_period=False)
    with pytest.raises(PassError, match=message):
        reconcile(book(groups=[{}], lines=[{}]), passes=(own,))
