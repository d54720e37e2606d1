"""The page of reminders: one contact and one reason at a time, every figure where it should be."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import attrs
import jsonschema
import numpy as np
import pytest

from tiers_payant.domain import (
    Alarmes,
    BilanRelances,
    Book,
    Canal,
    EcartRelance,
    Ecarts,
    Part,
    PlanRelances,
    Raison,
    Rapprochement,
    RelanceFausse,
    RelancePolicy,
    Relances,
    RelancesCreances,
    Requalifications,
    Urgence,
    Virements,
    VirementsRetenants,
    virement_id,
)
from tiers_payant.matching import reconcile
from tiers_payant.reports import bilans_text, relances_chunks, relances_schema, relances_summary, relances_text

MONDAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="module", name="result")
def reconciled() -> Rapprochement:
    """Six claims: five of a caisse, one of a patient."""
    keys = {"officine": ["999000019"] * 5, "lot_date": ["2026-01-05"] * 5, "lot": ["001"] * 5,
            "facture": [f"{rank:09}" for rank in range(1, 6)]}  # fmt: skip
    return reconcile(Book.from_columns({
        "factures": {**keys, "paiement": ["05"] * 5, "part_amo_cents": [1000] * 5, "regime": ["01"] * 5,
                     "caisse": ["999"] * 5, "centre": ["0000"] * 5},
        "comptes_clients": {**{name: values[:1] for name, values in keys.items()}, "client": ["C1"], "du_cents": [700]},
    }))  # fmt: skip


def plan_of(**changed: Any) -> PlanRelances:
    """Two contacts: a letter to a caisse about two claims, a call to a patient about one."""
    relances = Relances.of(
        2, id=["r1", "r2"], officine=["999000019"] * 2, debiteur=["AMO:01-999-0000", "CLIENT:C1"],
        type=["amo", "patient"], palier=["lettre", "appel"], niveau=[3, 2], canal=["lettre", "telephone"],
        porteuse=[0, 5], creances=[2, 1], cents=[2000, 700], interets_cents=[5, 0], cout_cents=[412, 250],
        gain_cents=[388, 30],
    )  # fmt: skip
    lines = RelancesCreances.of(
        3, relance=[0, 0, 1], creance=[0, 1, 5], cents=[1000, 1000, 700], retard=[40, 40, 56],
        echeance=np.array(["2026-01-20", "2026-01-20", "2026-01-05"], dtype="datetime64[D]"),
    )  # fmt: skip
    ecarts = Ecarts.of(
        4, creance=[0, 2, 3, 3], palier=["reclamation", "", "reclamation", "lettre"], niveau=[2, 0, 2, 3],
        raison=np.array([Raison.ADRESSE_MANQUANTE, Raison.PROMESSE, Raison.ADRESSE_MANQUANTE, Raison.DELAI_SUIVANT],
                        dtype=np.int8),
        cents=[1000] * 4,
    )  # fmt: skip
    return PlanRelances(**{
        "relances": relances, "creances": lines, "ecarts": ecarts, "requalifications": Requalifications.empty(),
        "alarmes": Alarmes.empty(), "policy": RelancePolicy.standard(), "today": MONDAY,
        "pourquoi": lambda row: f"Parce que {row}.", **changed,
    })  # fmt: skip


def page(plan: PlanRelances, result: Rapprochement, **options: Any) -> list[str]:
    return relances_text(plan, result, **options).replace("\u00a0", " ").splitlines()


def squeezed(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


def test_summary_says_how_many_how_much_and_at_what_cost(result):
    """
    Interest is claimed too; the cost never is.
    """
    lines = page(plan_of(), result)
    assert [
        "Relances du lundi 02/03/2026, politique « standard »",
        "2 contacts pour 3 créances : 27,05 € réclamés",
        "Coût 6,62 €, gain attendu 4,18 € une fois le coût déduit",
    ] == lines[:3]


def test_channels_are_counted(result):
    """
    One line each, in their order.
    """
    lines = squeezed(page(plan_of(), result))
    assert "téléphone 1 1 7,00 € 2,50 € 0,30 €" in lines
    assert "lettre 1 2 20,05 € 4,12 € 3,88 €" in lines
    assert not any(line.startswith("courriel") for line in lines)


def test_contact_says_who_and_why(result):
    """
    A caisse by its number, a patient by the officine's own reference.
    """
    lines = squeezed(page(plan_of(), result))
    assert "1 20,05 € 4,12 € 3,88 € lettre Lettre de réclamation" in lines
    assert "caisse 999 (régime 01) · Parce que 0. Palier 2 (courriel inconnu) sauté. réf. r1" in lines
    assert "client C1 · Parce que 1. réf. r2" in lines


def test_claims_left_alone_count_once_with_the_reason_that_ended_the_search(result):
    """
    A step skipped on the way is told apart, whether another one was found or not.
    """
    text = "\n".join(page(plan_of(), result))
    left, skipped = text.partition("Laissées de côté")[2].split("Paliers sautés en chemin")
    assert left.startswith(" : 2 créances en retard, 20,00 €")
    assert "Le débiteur a promis de payer" in left
    assert "Un palier a été sauté" in left
    assert "L'adresse, le courriel" not in left
    assert "2        20,00 €  L'adresse, le courriel" in skipped


def test_what_to_do_stands_under_a_reason_that_asks_for_something(result):
    """
    Time alone settles a promise: nothing is asked there.
    """
    ecarts = Ecarts.of(1, creance=[2], raison=np.array([Raison.RELEVE_ANCIEN], dtype=np.int8), cents=[1000])
    assert any("À faire : Fournir un relevé récent." in line for line in page(plan_of(ecarts=ecarts), result))
    assert not any("À faire" in line for line in page(plan_of(), result) if "promis" in line)


def test_lines_that_hold_are_shown_with_their_names(result):
    """
    The five that hold the most, each with the identifier that `explain` takes; the others are counted.
    """
    lines = Virements.of(
        7, compte=["A"] * 7, date=np.array([f"2026-02-{day:02}" for day in range(1, 8)], dtype="datetime64[D]"),
        montant_cents=[1200] * 7,
    )  # fmt: skip
    known = attrs.evolve(result, tables=attrs.evolve(result.tables, virements=lines))
    table = VirementsRetenants.of(7, virement=[6, 5, 4, 3, 2, 1, 0], creances=[3, 2, 1, 1, 1, 1, 1], cents=[300] * 7)
    told = squeezed(page(plan_of(retenants=lambda: table), known))
    assert "3 3,00 € retenues par le virement de 12,00 € du 07/02/2026" in told
    assert [virement_id(known.tables, row) in told for row in range(7)] == [False] * 2 + [True] * 5
    assert "... et 2 autres virements : --json les donne tous" in told
    assert not any("Virements à regarder" in line for line in page(plan_of(), result))


def test_only_some_contacts_are_shown(result):
    """
    The others are counted.
    """
    lines = page(plan_of(), result, most=1)
    assert "      ... et 1 autre contact : --nombre en montre davantage" in lines
    assert not any("client C1" in line for line in lines)
    assert any("client C1" in line for line in page(plan_of(), result, most=None))


def test_nobody_to_remind(result):
    """
    Said in a line; what is left alone still stands.
    """
    nobody = plan_of(relances=Relances.empty(), creances=RelancesCreances.empty())
    lines = page(nobody, result)
    assert "Personne à relancer aujourd'hui." == lines[1]
    assert any(line.startswith("Laissées de côté") for line in lines)


def test_another_payer_is_told_before_a_person_is_asked(result):
    """
    Each motive in words, with what is owed.
    """
    found = Requalifications.of(2, creance=[5, 5], motif=["AMC_CONNUE", "NOUVEAU"], facture=[0, -1])
    lines = squeezed(page(plan_of(requalifications=found), result))
    assert "1 7,00 € une complémentaire est connue par une autre facture" in lines
    assert "1 7,00 € NOUVEAU" in lines


def test_claims_lost_soon_are_told(result):
    """
    The nearest day first, whether somebody is reminded of it or not.
    """
    alarms = Alarmes.of(
        2, creance=[0, 4], le=np.array(["2026-03-10", "2026-08-01"], dtype="datetime64[D]"), jours=[8, 152],
        niveau=np.array([Urgence.URGENT, Urgence.BIENTOT], dtype=np.int8), cents=[1000, 1000],
    )  # fmt: skip
    lines = squeezed(page(plan_of(alarmes=alarms), result))
    assert "Bientôt forcloses ou prescrites : 2 créances, 20,00 €, dont 1 en urgence" in lines
    assert "10/03/2026 J-8 10,00 € facture 000000001, part AMO, relancée ce jour" in lines
    assert "01/08/2026 J-152 10,00 € facture 000000005, part AMO" in lines


def test_page_fits_the_screen_and_moves_no_terminal(result):
    """
    A hundred columns at most; an escape sequence in a reason is shown, not obeyed.
    """
    lines = page(plan_of(pourquoi=lambda row: "\x1b[31m" + "mot " * 60), result)
    assert 100 >= max(map(len, lines))
    assert not any("\x1b" in line for line in lines)


def test_document_is_of_its_schema(result):
    """
    Every table of the plan, in its order, keys instead of rows.
    """
    text = "".join(relances_chunks(plan_of(), result))
    document = json.loads(text)
    jsonschema.validate(document, relances_schema())
    assert {"contacts": 2, "creances": 3, "cents": 2705, "cout_cents": 662, "gain_cents": 418,
            "canaux": {"telephone": 1, "lettre": 1}} == document["totaux"]  # fmt: skip
    assert ["r1", "r2"] == [one["id"] for one in document["contacts"]]
    assert ("000000002", "AMO", "2026-01-20", 40) == tuple(
        document["contacts"][0]["creances"][1][name] for name in ("facture", "part", "echeance", "retard_jours")
    )
    assert [("PROMESSE", 1), ("DELAI_SUIVANT", 1)] == [(one["raison"], one["creances"]) for one in document["laissees"]]
    assert 4 == len(document["ecarts"])
    assert text.endswith("}\n")


def bilan(**changed: Any) -> BilanRelances:
    return BilanRelances(**{
        "politique": "standard", "du": dt.date(2026, 1, 1), "au": dt.date(2026, 3, 31), "jours": 90,
        "canaux": {Canal.LETTRE: 3, Canal.PORTAIL: 2}, "creances": 12, "reclame_cents": 123456, "cout_cents": 2000,
        "gain_cents": 5000, "recouvre_cents": 4000, "avance_cents": 1000, "avance_jours": 9, "fausses": (),
        "age_median_jours": 41, "forclusions_evitees": 1, "forclusions_cents": 5000, **changed,
    })  # fmt: skip


def test_policies_stand_side_by_side():
    """
    A column each, channels of either one included.
    """
    other = bilan(politique="prudente", canaux={Canal.EMAIL: 1}, age_median_jours=None)
    lines = squeezed(bilans_text([bilan(), other]).replace("\u00a0", " ").splitlines())
    assert "standard prudente" in lines
    for expected in (
        "Contacts 5 1",
        "portail 2 0",
        "courriel 0 1",
        "lettre 3 0",
        "Relances à tort 0 0",
        "Âge médian à la 1re relance, jours 41 -",
        "Réclamé, à la première relance 1 234,56 € 1 234,56 €",
    ):
        assert expected in lines  # fmt: skip


def test_policy_that_got_something_wrong_is_told_so():
    """
    Which claim, what was asked, what was owed.
    """
    wrong = RelanceFausse(
        le=MONDAY, officine="999000019", lot_date=dt.date(2026, 1, 5), lot="001", facture="000000001", part=Part.AMO,
        reclame_cents=1000, du_cents=0, pourquoi="PAYEE",
    )  # fmt: skip
    text = bilans_text([bilan(fausses=[wrong] * 12)]).replace("\u00a0", " ")
    assert "Relances à tort de « standard » : cette politique ne doit pas servir telle quelle" in text
    assert "02/03/2026  facture 000000001, lot 001, part AMO : 10,00 € réclamés, 0,00 € dus (PAYEE)" in text
    assert "... et 2 autres" in text


def test_summary_in_a_few_lines(result):
    """
    What `demo` shows: contacts by channel, claims left alone, and the reason that most euros wait for.
    """
    lines = relances_summary(plan_of()).replace("\u00a0", " ").splitlines()
    assert [
        "Relances du lundi 02/03/2026, politique « standard »",
        "2 contacts pour 3 créances : 27,05 € réclamés",
        "Coût 6,62 €, gain attendu 4,18 € une fois le coût déduit",
        "  téléphone : 1 contact, 7,00 €",
        "  lettre : 1 contact, 20,05 €",
        "Laissées de côté : 2 créances en retard, 20,00 €, d'abord :",
        "  Le débiteur a promis de payer, et le jour promis n'est pas passé.",
    ] == lines


def test_steps_left_out_are_objects_too():
    """
    One each, in the order of rows; what ends by no day, and what no bank line may pay, is None.
    """
    plan = plan_of()
    expected = EcartRelance(
        creance=2, palier="", niveau=0, raison=Raison.PROMESSE, cents=1000, jusqu_au=None, preuve=None
    )
    assert expected == list(plan.ecarts)[1]
    assert len(plan.ecarts) == len(list(plan.ecarts))


def test_step_left_out_of_an_insurer_names_it(result):
    """
    A person is null: the key of the facture is enough.
    """
    document = json.loads("".join(relances_chunks(plan_of(), result)))
    jsonschema.validate(document, relances_schema())
    assert {"AMO:01-999-0000"} == {one["debiteur"] for one in document["ecarts"]}
