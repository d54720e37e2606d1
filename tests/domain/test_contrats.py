"""Contracts of payers: what ours say, whom they bind, what a user's file may bring and may not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import pytest

from tiers_payant.domain import Contrat, Contrats, load_contrats, load_payeurs, load_regles
from tiers_payant.domain._donnees import Confiance
from tiers_payant.errors import LayoutError, SourceError

OURS = load_contrats()
TEXT = """
[[contrat]]
id = "exemple"
nom = "Contrat d'exemple"
debiteurs = ["AMC:99999997"]
paiement = "paiement_otp_convention_fspf"
reference = "exemple"
confiance = "L"
"""


def contrat(**changes: object) -> Contrat:
    plain = {
        "id": "exemple",
        "nom": "Exemple",
        "paiement": "paiement_amo",
        "reference": "x",
        "confiance": Confiance.BASSE,
    }
    return Contrat(**{**plain, **changes})  # type: ignore[arg-type]


def names(contrats: Contrats, debiteur: str, payeur: str = "") -> list[str]:
    return [one.id for one in contrats.promises("paiement", debiteur, payeur)]


@pytest.mark.parametrize(
    ("id", "rule", "days", "actif"),
    [
        ("inter_amc", "paiement_amc_inter_amc", 7, True),  # IGAS 2017, §3.4.1
        ("convention_pharmaceutique_2012", "paiement_amo_convention", 4, False),  # press
        ("fspf_cetip", "paiement_otp_convention_fspf", 3, False),  # lepharmaciendefrance.fr
        ("unpf_almerys_2016", "paiement_almerys_convention_unpf", 4, False),  # Le Quotidien du pharmacien
    ],
)
def test_contract_is_as_its_source_says(id: str, rule: str, days: int, actif: bool) -> None:
    """
    The contracts that sources tell of, and nothing else: what binds only whoever adhered is off.
    """
    (found,) = [one for one in OURS.contrats if one.id == id]
    assert (rule, actif, days) == (found.paiement, found.actif, load_regles().regle(rule).versions[0].valeur)
    assert 4 == len(OURS.contrats)


def test_ours_name_rules_and_payers_that_exist() -> None:
    """
    No public source gives a forclusion of a contract: ours name none.
    """
    rules, payers = load_regles(), {payeur.id for payeur in load_payeurs().payeurs}
    for one in OURS.contrats:
        assert one.reference
        assert {one.paiement} - {""} <= {rule.code for rule in rules}
        assert "" == one.forclusion
        assert set(one.payeurs) <= payers


def test_narrowest_contract_comes_first() -> None:
    """
    The number of an AMC before its operator, the operator before all AMC, a centre before its régime.
    """
    mine = contrat(debiteurs=("AMC:99999997",))
    every = Contrats(contrats=(*OURS.contrats, mine)).enable("fspf_cetip")
    assert ["exemple", "fspf_cetip", "inter_amc"] == names(every, "AMC:0099999997", "cetip")
    assert ["fspf_cetip", "inter_amc"] == names(every, "AMC:0099999996", "cetip")
    assert ["inter_amc"] == names(every, "AMC:0099999996")
    both = Contrats(contrats=(contrat(debiteurs=("AMO:01",)), contrat(id="centre", debiteurs=("AMO:01-999",))))
    assert ["centre", "exemple"] == names(both, "AMO:01-999-0000")
    assert ([], []) == (names(both, "AMO:012-999-0000"), names(both, "AMC:0101010101"))


def test_contract_may_be_disabled() -> None:
    """
    Then nothing is known of it; one of no name is refused.
    """
    assert [] == names(OURS.disable("inter_amc"), "AMC:0099999996")
    assert ["inter_amc"] == names(OURS.disable("inter_amc").enable("inter_amc"), "AMC:0099999996")
    with pytest.raises(LayoutError, match="no contract 'exemple'"):
        OURS.enable("exemple")


def test_two_contracts_may_not_promise_one_thing_on_one_day() -> None:
    """
    Which one holds is never chosen; one after the other is no contradiction.
    """
    one = contrat(debiteurs=("AMC:1",), au=dt.date(2026, 1, 31))
    other = contrat(id="autre", debiteurs=("AMC:0000000001",))
    with pytest.raises(LayoutError, match=r"paiement: autre and exemple both bind 'AMC:0000000001'"):
        Contrats(contrats=(one, other))
    assert 2 == len(Contrats(contrats=(one, attrs.evolve(other, du=dt.date(2026, 2, 1)))).contrats)
    assert 2 == len(Contrats(contrats=(one, attrs.evolve(other, actif=False))).contrats)
    with pytest.raises(LayoutError, match="twice"):
        Contrats(contrats=(one, one))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "neither debiteurs nor payeurs"),
        ({"debiteurs": ("A", "M", "C")}, "debiteurs: expected names that begin with AMO or AMC, in a list"),
        ({"debiteurs": ("amc:99999997",)}, "debiteurs: expected names that begin with AMO or AMC"),
        ({"debiteurs": ("AMC", "")}, "debiteurs: expected names that begin with AMO or AMC"),
        ({"debiteurs": ("AMC",), "du": dt.date(2026, 2, 1), "au": dt.date(2026, 1, 1)}, "au comes before du"),
        (
            {"debiteurs": ("AMC",), "paiement": "", "penalite": "penalite_otp_convention_fspf"},
            "penalite without paiement",
        ),
    ],
)
def test_contract_that_makes_no_sense(changes: dict[str, object], said: str) -> None:
    """
    It says which, and why.
    """
    with pytest.raises(LayoutError, match=f"exemple: {said}"):
        contrat(**changes)


def test_file_of_contracts_completes_and_replaces_ours(tmp_path: Path) -> None:
    """
    A new id is added; that of ours is replaced, whole.
    """
    path = tmp_path / "contrats.toml"
    path.write_text(TEXT, encoding="utf-8")
    assert ["exemple", "inter_amc"] == names(load_contrats(path), "AMC:0099999997")
    path.write_text(TEXT.replace('"exemple"\nnom', '"inter_amc"\nnom'), encoding="utf-8")
    assert ([], ["inter_amc"]) == (
        names(load_contrats(path), "AMC:0099999996"),
        names(load_contrats(path), "AMC:0099999997"),
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('confiance = "L"', 'confiance = "Z"', r"contrats.toml"),
        ("debiteurs", "debiteur", r"contrats.toml"),
        ('"paiement_otp_convention_fspf"', "3", r"contrats.toml.*paiement"),
        ("[[contrat]]", "[[contrat", r"contrats.toml"),
    ],
)
def test_fault_of_a_file_is_located(tmp_path: Path, before: str, after: str, said: str) -> None:
    """
    The file and the field; ours stay as they are.
    """
    path = tmp_path / "contrats.toml"
    path.write_text(TEXT.replace(before, after), encoding="utf-8")
    with pytest.raises(LayoutError, match=said):
        load_contrats(path)
    with pytest.raises(SourceError, match="absent"):
        load_contrats(tmp_path / "absent.toml")
    assert OURS == load_contrats()
