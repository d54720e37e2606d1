"""Rules of law are dated, sourced, and give a last day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain._calendrier import Calendrier, Unite
from tiers_payant.domain._donnees import Confiance
from tiers_payant.domain._regles import (
    Evenement,
    Origine,
    Regle,
    UniteRegle,
    VersionRegle,
    deadline,
    load_regles,
    regle,
)
from tiers_payant.errors import CalendarError, LayoutError, SourceError, UnknownRuleError

METROPOLE = Calendrier()
TODAY = dt.date(2026, 3, 2)


def version(**changes: Any) -> VersionRegle:
    given_version = VersionRegle(
        code="exemple",
        valeur=8,
        unite=UniteRegle.JOURS,
        depart=Evenement.TRANSMISSION,
        reference="texte d'exemple",
        confiance=Confiance.BASSE,
    )
    return attrs.evolve(given_version, **changes)


def write(folder: Path, text: str) -> Path:
    path = folder / "maison.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rule(code: str) -> str:
    return f"""
[{code}]
libelle = "exemple"
[[{code}.versions]]
valeur = 5
unite = "jours"
depart = "arl"
reference = "x"
confiance = "L"
"""


# --- the table


@pytest.mark.parametrize(
    ("code", "valeur", "unite", "depart", "confiance"),
    [
        ("transmission_fse_tiers_payant", 8, "jours_ouvres", "feuille_completee", "H"),
        ("transmission_fse_patient_paye", 3, "jours_ouvres", "feuille_completee", "H"),
        ("transmission_papier_tiers_payant", 8, "jours", "feuille_completee", "H"),
        ("paiement_amo", 7, "jours_ouvres", "transmission", "H"),
        ("paiement_amo_convention", 4, "jours_ouvres", "transmission", "M"),
        ("penalite_amo_forfait", 100, "cents", None, "H"),
        ("penalite_amo_taux", 1000, "points_de_base", None, "H"),
        ("paiement_c2s_fse", 7, "jours", "arl", "H"),
        ("paiement_amc_inter_amc", 7, "jours_ouvres", "transmission", "H"),
        ("forclusion_maladie", 24, "mois", "soins", "M"),
        ("forclusion_at_mp", 24, "mois", "delivrance", "H"),
        ("indu_prescription", 36, "mois", "paiement_indu", "H"),
        ("indu_reponse", 2, "mois", "notification", "H"),
    ],
)
def test_rule_is_as_its_source_says(code: str, valeur: int, unite: str, depart: str | None, confiance: str) -> None:
    """
    The deadlines that the library lives by.
    """
    found = regle(code).on(TODAY)
    assert (valeur, unite, depart, confiance) == (found.valeur, found.unite, found.depart, found.confiance)


def test_every_version_has_a_source_and_owns_its_gaps() -> None:
    """
    Each version has a reference; where no first day is given, the note says so, and no date was made up for it.
    """
    for known in load_regles():
        assert known.libelle
        for found in known.versions:
            assert found.reference
            assert (found.du is not None) != ("Début de validité non donné" in found.note), known.code


def test_least_sure_part_makes_the_confidence() -> None:
    """
    A value read in the text, counted from a day that only the press gives, is no better than the press.
    """
    assert Confiance.MOYENNE is regle("paiement_amo").on(TODAY).confiance_globale
    assert Confiance.HAUTE is regle("recours_cra").on(TODAY).confiance_globale


@pytest.mark.parametrize(
    ("day", "points"),
    [
        *((dt.date(2024, 7, 1), 492), (dt.date(2024, 12, 31), 492), (dt.date(2025, 1, 1), 371)),
        *((dt.date(2025, 7, 1), 276), (dt.date(2026, 6, 30), 262)),
    ],
)
def test_version_in_force_on_a_day(day: dt.date, points: int) -> None:
    """
    First and last days belong to their version.
    """
    assert points == regle("taux_interet_legal").on(day).valeur


@pytest.mark.parametrize("day", [dt.date(2024, 6, 30), dt.date(2026, 7, 1)])
def test_no_version_known_that_day(day: dt.date) -> None:
    """
    Nothing is carried over to a semester whose rate is not known.
    """
    with pytest.raises(UnknownRuleError, match="taux_interet_legal"):
        regle("taux_interet_legal").on(day)


def test_unknown_rule_suggests_its_neighbour() -> None:
    """
    A slip of the pen is answered with the name meant.
    """
    with pytest.raises(UnknownRuleError, match="did you mean 'paiement_amo'"):
        regle("paiment_amo")


# --- deadlines


@pytest.mark.parametrize(
    ("code", "depart", "le"),
    [
        ("transmission_fse_tiers_payant", dt.date(2026, 4, 30), dt.date(2026, 5, 15)),
        ("transmission_papier_tiers_payant", dt.date(2026, 4, 30), dt.date(2026, 5, 8)),
        ("paiement_amo", dt.date(2026, 3, 2), dt.date(2026, 3, 11)),
        ("penalite_amo_forfait_fin", dt.date(2026, 3, 2), dt.date(2026, 3, 13)),
        ("forclusion_maladie", dt.date(2026, 1, 1), dt.date(2028, 3, 31)),
        ("forclusion_maladie", dt.date(2026, 3, 31), dt.date(2028, 3, 31)),
        ("forclusion_maladie", dt.date(2026, 4, 1), dt.date(2028, 6, 30)),
        ("forclusion_maladie", dt.date(2026, 12, 31), dt.date(2028, 12, 31)),
        ("forclusion_at_mp", dt.date(2026, 3, 2), dt.date(2028, 3, 2)),
        ("indu_reponse", dt.date(2025, 12, 31), dt.date(2026, 2, 28)),
        # 2 September 2026 + 6 months is Tuesday 2 March 2027; 28 August + 6 is Sunday 28 February.
        ("signification_injonction_payer", dt.date(2026, 9, 2), dt.date(2027, 3, 2)),
        ("signification_injonction_payer", dt.date(2026, 8, 28), dt.date(2027, 3, 1)),
    ],
)
def test_deadline_counted_by_hand(code: str, depart: dt.date, le: dt.date) -> None:
    """
    Working days, calendar days, months, the quarter after, the open day after: the last day still in time.
    """
    echeance = deadline(regle(code).on(TODAY), depart, METROPOLE)
    assert (le, depart) == (echeance.le, echeance.depart)
    assert (False, True) == (echeance.is_past(le), echeance.is_past(le + dt.timedelta(days=1)))


@given(st.dates(dt.date(2010, 1, 1), dt.date(2050, 12, 31)))
def test_forclusion_lasts_24_to_27_months(soins: dt.date) -> None:
    """
    As the source says of the two years counted from the next quarter; and it ends with a quarter.
    """
    le = deadline(regle("forclusion_maladie").on(TODAY), soins, METROPOLE).le
    assert 24 <= METROPOLE.count(soins, le + dt.timedelta(days=1), Unite.MOIS) <= 27
    assert (1, True) == ((le + dt.timedelta(days=1)).day, le.month % 3 == 0)


@given(
    st.dates(dt.date(2010, 1, 1), dt.date(2050, 12, 31)),
    st.integers(1, 60),
    st.sampled_from([UniteRegle.JOURS_OUVRES, UniteRegle.JOURS_OUVRABLES, UniteRegle.JOURS, UniteRegle.MOIS]),
    st.booleans(),
)
def test_longer_delay_never_ends_sooner(depart: dt.date, n: int, unite: UniteRegle, comprise: bool) -> None:
    """
    Counting the first day never gives more time than not counting it, and one unit more never gives less.
    """
    shorter = version(valeur=n, unite=unite, origine_comprise=comprise)
    le = deadline(shorter, depart, METROPOLE).le
    assert depart <= le <= deadline(attrs.evolve(shorter, valeur=n + 1), depart, METROPOLE).le
    assert le <= deadline(attrs.evolve(shorter, origine_comprise=False), depart, METROPOLE).le
    assert le <= deadline(attrs.evolve(shorter, prorogation=True), depart, METROPOLE).le


def test_first_day_counted_on_a_closed_day_is_no_open_day() -> None:
    """
    One jour ouvré, first day counted: Monday from a Monday, Monday too from the Sunday before.
    """
    one = version(valeur=1, unite=UniteRegle.JOURS_OUVRES, origine_comprise=True)
    assert dt.date(2026, 3, 2) == deadline(one, dt.date(2026, 3, 2), METROPOLE).le
    assert dt.date(2026, 3, 2) == deadline(one, dt.date(2026, 3, 1), METROPOLE).le


def test_prorogation_skips_a_saturday() -> None:
    """
    CPC 642 names Saturday: 7 March 2026 runs on to Monday.
    """
    assert dt.date(2026, 3, 9) == deadline(version(valeur=5, prorogation=True), TODAY, METROPOLE).le


def test_next_quarter_of_the_last_quarter_is_next_year() -> None:
    """
    A delay that starts in December runs from 1 January.
    """
    day_zero = version(valeur=0, origine=Origine.TRIMESTRE_SUIVANT)
    assert dt.date(2027, 1, 1) == deadline(day_zero, dt.date(2026, 12, 5), METROPOLE).le


def test_amount_has_no_deadline() -> None:
    """
    A penalty is not a delay.
    """
    with pytest.raises(UnknownRuleError, match="penalite_amo_forfait is in cents"):
        deadline(regle("penalite_amo_forfait").on(TODAY), TODAY, METROPOLE)


def test_deadline_outside_the_calendar() -> None:
    """
    A delay that leaves the years covered is refused.
    """
    with pytest.raises(CalendarError):
        deadline(regle("forclusion_maladie").on(TODAY), dt.date(2059, 12, 1), METROPOLE)


# --- a user's file


def test_user_file_replaces_and_adds(tmp_path: Path) -> None:
    """
    Each rule of the file is told, what it does not name stays ours, and the library's own set is untouched.
    """
    merged = load_regles(write(tmp_path, rule("paiement_amo") + rule("forclusion_maison")))
    assert ["maison.toml: paiement_amo replaced", "maison.toml: forclusion_maison added"] == [
        *map(str, merged.surcharges)
    ]
    assert (5, 5) == tuple(merged.regle(code).on(TODAY).valeur for code in ("paiement_amo", "forclusion_maison"))
    assert regle("recours_cra") == merged.regle("recours_cra")
    assert len(load_regles()) + 1 == len(merged)
    assert 7 == regle("paiement_amo").on(TODAY).valeur
    assert "forclusion_maison" in merged
    assert "forclusion_maison" not in load_regles()


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('unite = "jours"', 'unite = "semaines"', r"maison\.toml: r\.versions\[0\]\.unite"),
        ("valeur = 5", 'valeur = "5"', r"expected int, got str @ maison\.toml: r\.versions\[0\]\.valeur"),
        ("valeur = 5", "valeur = 5.5", r"expected int, got float @ maison\.toml: r\.versions\[0\]\.valeur"),
        ("valeur = 5", "valeur = true", r"expected int, got bool @ maison\.toml: r\.versions\[0\]\.valeur"),
        ("valeur = 5\n", "", r"required key missing @ maison\.toml: r\.versions\[0\]\.valeur"),
        ("valeur = 5", "valeur = -5", r"negative @ maison\.toml: r\.versions\[0\]"),
        ("valeur = 5", "valeur = 5\nvaleurs = 6", r"valeurs.* @ maison\.toml: r\.versions\[0\]"),
        ("valeur = 5", "valeur = 5\ndu = 2025-01-01T00:00:00", r"got datetime @ maison\.toml: r\.versions\[0\]\.du"),
        (
            "valeur = 5",
            "valeur = 5\ndu = 2025-01-02\nau = 2025-01-01",
            r"au comes before du @ maison\.toml: r\.versions",
        ),
        ('depart = "arl"', "", r"needs a depart.* @ maison\.toml: r\.versions\[0\]"),
        ('depart = "arl"', 'depart = "hier"', r"maison\.toml: r\.versions\[0\]\.depart"),
        ('reference = "x"', "reference = 3", r"expected str, got int @ maison\.toml: r\.versions\[0\]\.reference"),
        ('libelle = "exemple"', "", r"required key missing @ maison\.toml: r\.libelle"),
        ("[r]", "[r", r"^maison\.toml: "),
    ],
)
def test_fault_of_a_user_file_is_located(tmp_path: Path, before: str, after: str, place: str) -> None:
    """
    The error names the file, the rule, the version and the key.
    """
    text = rule("r")
    assert before in text
    with pytest.raises(LayoutError, match=place):
        load_regles(write(tmp_path, text.replace(before, after)))


@pytest.mark.parametrize(
    "text", ["r = 3", *(f"[r]\nlibelle = 'x'\nversions = {versions}" for versions in ("[]", "3", "[3]", "'x'"))]
)
def test_table_that_holds_no_version_is_refused(tmp_path: Path, text: str) -> None:
    """
    Whatever the shape of the file, only the library's error comes out, and it names the rule.
    """
    with pytest.raises(LayoutError, match=r"maison\.toml: r"):
        load_regles(write(tmp_path, text))


def test_every_faulty_rule_is_told_at_once(tmp_path: Path) -> None:
    """
    A file with two faults gives two lines.
    """
    text = (rule("a") + rule("b")).replace("valeur = 5", "valeur = -5")
    with pytest.raises(LayoutError) as caught:
        load_regles(write(tmp_path, text))
    assert 2 == len(str(caught.value).splitlines())


def test_versions_may_not_overlap() -> None:
    """
    On any day at most one version is in force.
    """
    ending, starting = version(au=dt.date(2025, 1, 1)), version(du=dt.date(2025, 1, 1))
    with pytest.raises(ValueError, match="overlap"):
        Regle(code="exemple", libelle="exemple", versions=(ending, starting))
    with pytest.raises(ValueError, match="order"):
        Regle(code="exemple", libelle="exemple", versions=(starting, ending))


def test_file_that_is_absent_or_no_text(tmp_path: Path) -> None:
    """
    The two are told apart.
    """
    with pytest.raises(SourceError, match=r"^absent\.toml: "):
        load_regles(tmp_path / "absent.toml")
    path = tmp_path / "octets.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LayoutError, match=r"^octets\.toml: not UTF-8"):
        load_regles(path)
