"""Interest at the legal rate: `dunning._interets`, against the texts and against a count day by day."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.dossiers import day

from tiers_payant.domain import TypeDebiteur, load_regles, regle
from tiers_payant.dunning._interets import indemnite_cents, interets, mention_interets, tranches, unknown_since
from tiers_payant.errors import UnknownRuleError

NONE = np.datetime64("NaT", "D")


def one(cents, summons, today, regles=None):
    due, known = interets(np.array([cents]), np.array([summons], dtype="datetime64[D]"), day(today), regles)
    assert ("int64", "bool") == (str(due.dtype), str(known.dtype))
    return int(due[0]), bool(known[0])


def since(summons, today, regles=None):
    return unknown_since(np.array([summons], dtype="datetime64[D]"), day(today), regles)[0].item()


def test_no_mise_en_demeure():
    """
    Interest runs from the mise en demeure alone (code civil 1231-6, 1344-1): without one, nothing.
    """
    assert (0, True) == one(100_000, NONE, "2026-03-02")


def test_first_days():
    """
    Nothing on the day of the mise en demeure, nor before; a day's interest on the next (code civil 1344-1).
    """
    assert (0, True) == one(10_000_000, "2026-03-02", "2026-03-02")
    assert (0, True) == one(10_000_000, "2026-03-02", "2026-02-01")
    assert (717, True) == one(10_000_000, "2026-03-02", "2026-03-03")  # 100 000 EUR * 2.62 % / 365 = 7.178 EUR


def test_two_semesters():
    """
    The rate of each semester for its days: 2.76 % in S2 2025, 2.62 % in S1 2026 (CMF L313-2, arrêté du 15/12/2025).
    """
    expected = Fraction(1_000_000) * (276 * 30 + 262 * 61) / (365 * 10_000)
    assert (int(expected), True) == one(1_000_000, "2025-12-01", "2026-03-02")
    assert [30, 61] == [each.jours for each in tranches(day("2025-12-01"), day("2026-03-02"))]


def test_semester_not_published():
    """
    The rate of S2 2026 is not known: interest stops on 30 June, and says that it is partial.
    """
    until = one(1_000_000, "2026-06-01", "2026-06-30")
    assert (until[0], False) == one(1_000_000, "2026-06-01", "2026-07-01")
    assert (until[0], False) == one(1_000_000, "2026-06-01", "2027-03-01")
    assert (None, day("2026-07-01")) == (since("2026-06-01", "2026-06-30"), since("2026-06-01", "2027-03-01"))
    assert day("2026-09-02") == since("2026-09-01", "2026-09-10")


def test_semesters_before_the_first_known():
    """
    Days before the first known rate, that of S2 2024, bear nothing and are told.
    """
    assert (one(1_000_000, "2024-06-30", "2024-07-31")[0], False) == one(1_000_000, "2024-01-31", "2024-07-31")
    assert day("2024-02-01") == since("2024-01-31", "2024-07-31")


def test_rate_that_a_user_brings(tmp_path):
    """
    A file of rules completes the rates, and the letter cites its source.
    """
    path = tmp_path / "taux.toml"
    path.write_text(
        '[taux_interet_legal]\nlibelle = "Taux exemple"\n[[taux_interet_legal.versions]]\nvaleur = 300\n'
        'unite = "points_de_base"\ndu = 2026-07-01\nau = 2026-12-31\nreference = "arrêté exemple"\nconfiance = "H"\n',
        encoding="utf-8",
    )
    regles = load_regles(path)
    assert (1_000_000 * 300 * 10 // 3_650_000, True) == one(1_000_000, "2026-08-01", "2026-08-11", regles)
    assert "3,00 % l'an du 02/08/2026 au 11/08/2026 (arrêté exemple)" in mention_interets(
        day("2026-08-01"), day("2026-08-11"), regles
    )


def test_words_of_a_letter():
    """
    The words give the articles and the rates, and tell what is not counted.
    """
    words = mention_interets(day("2026-06-20"), day("2026-07-10"))
    assert "code civil, articles 1231-6 et 1344-1" in words
    assert "2,62 % l'an du 21/06/2026 au 30/06/2026 (CMF L313-2" in words
    assert words.endswith("Le taux applicable à compter du 01/07/2026 n'est pas connu : ces jours ne sont pas comptés.")
    assert "L313-3" not in words
    assert "%" not in mention_interets(day("2026-08-01"), day("2026-08-02"))


def test_rule_that_is_no_rate(tmp_path):
    """
    A rule brought in another unit is refused: cents are no rate.
    """
    path = tmp_path / "taux.toml"
    path.write_text(
        '[taux_interet_legal]\nlibelle = "x"\n[[taux_interet_legal.versions]]\nvaleur = 3\nunite = "cents"\n'
        'reference = "x"\nconfiance = "L"\n',
        encoding="utf-8",
    )
    with pytest.raises(UnknownRuleError, match="it is no rate"):
        one(1, "2026-01-01", "2026-02-01", load_regles(path))


@pytest.mark.parametrize(
    ("genre", "late", "expected"),
    [
        (TypeDebiteur.PROFESSIONNEL, 3, 12_000),
        (TypeDebiteur.PROFESSIONNEL, 0, 0),
        (TypeDebiteur.PATIENT, 3, 0),
        (TypeDebiteur.AMO, 3, 0),
        (TypeDebiteur.AMC, 3, 0),
    ],
)
def test_indemnity(genre, late, expected):
    """
    40 EUR a facture, between professionals alone (code de commerce D441-5); never a consumer (consommation L121-21).
    """
    assert expected == indemnite_cents(genre, late, day("2026-03-02"))


summons = st.dates(day("2024-01-01"), day("2026-12-31"))


def day_by_day(cents, first, today):
    """Every day with its rate, summed as a fraction, rounded down at the end."""
    total, known = Fraction(0), True
    while (first := first + dt.timedelta(days=1)) <= today:
        try:
            total += Fraction(max(0, cents) * regle("taux_interet_legal").on(first).valeur, 10_000 * 365)
        except UnknownRuleError:
            known = False
    return int(total), known


@given(st.lists(st.tuples(st.integers(-10, 10**12), summons | st.none()), max_size=5), summons)
def test_any_sums_against_a_count_day_by_day(sums, today):
    """
    Columns give what a slow count of each sum gives, to the cent.
    """
    starts = np.array([start for _, start in sums], dtype="datetime64[D]")
    due, known = interets(np.array([cents for cents, _ in sums], dtype=np.int64), starts, today)
    expected = [(0, True) if start is None else day_by_day(cents, start, today) for cents, start in sums]
    assert expected == list(zip(due.tolist(), known.tolist(), strict=True))
    assert known.tolist() == np.isnat(unknown_since(starts, today)).tolist()
