"""Who pays behind a name on a bank line."""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.test_passes import book, etats

from tiers_payant import matching
from tiers_payant.domain import Etat, Payeur, Payeurs, load_payeurs, read_payeurs
from tiers_payant.errors import LayoutError, SourceError

PLATEFORME = Payeur(
    id="exemple", nom="Plateforme d'exemple", textes=("EXEMPLE", "EXEMPLE TP"), emetteurs=frozenset({"OC"}),
    confiance="C", source="invented",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [("VIR SEPA EXEMPLE TP 12", "exemple"), ("CONTREXEMPLE", None), ("LOYER", None), ("", None)]
)
def test_payer_is_named_at_the_start_of_a_word(text, expected):
    """
    A name inside another word names nobody.
    """
    found = Payeurs(payeurs=(PLATEFORME,)).named_in(text)
    assert expected == (found and found.id)


def test_no_payer_known_names_nobody():
    """
    An empty table answers, and names none.
    """
    assert Payeurs(payeurs=()).named_in("VIR SEPA EXEMPLE") is None


def test_more_payers_complete_the_library():
    """
    A site's payer stands beside ours, and replaces ours of the same id.
    """
    ours = load_payeurs()
    assert PLATEFORME == ours.with_payeurs([PLATEFORME]).named_in("VIR EXEMPLE")
    assert ours.named_in("CPAM DE VILLE") == ours.with_payeurs([PLATEFORME]).named_in("CPAM DE VILLE")
    assert len(ours.payeurs) == len(ours.with_payeurs(ours.payeurs[:1]).payeurs)


def payer(name: str, *texts: str, **more: Any) -> Payeur:
    return Payeur(id=name, nom=name, textes=texts, emetteurs=frozenset({"OC"}), **more)


def test_a_payer_is_named_on_its_days_only():
    """
    First and last day included; before, between and after, the text names whom it named then, or nobody.
    """
    old = payer("ancien", "EXEMPLE", au=dt.date(2025, 12, 31))
    new = payer("nouveau", "EXEMPLE", du=dt.date(2026, 2, 1))
    table = Payeurs(payeurs=(new, old))
    days = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 1, 31), dt.date(2026, 2, 1), None]
    found = [table.named_in("VIR EXEMPLE", day) for day in days]
    assert ["ancien", None, None, "nouveau", "nouveau"] == [one and one.id for one in found]


def test_the_booking_date_of_the_line_is_the_day_that_counts():
    """
    A payer that had not begun does not name a line booked before, whatever its amount.
    """
    later = Payeur(
        id="exemple", nom="Exemple", textes=("CAISSE EXEMPLE",), emetteurs=frozenset({"CP"}), du=dt.date(2026, 1, 10)
    )
    table = Payeurs(payeurs=(later,))
    for date, state in (("2026-01-09", Etat.ANNONCEE), ("2026-01-10", Etat.CREDITEE)):
        given_book = book(groups=[{}], lines=[{"date": date, "label": "CAISSE EXEMPLE"}])
        assert [state] == etats(matching.reconcile(given_book, payeurs=table))


def test_one_text_cannot_name_two_payers_on_one_day():
    """
    Which of them was meant would depend on their order.
    """
    with pytest.raises(LayoutError, match="'EXEMPLE' names two payers on the same day, autre and exemple"):
        Payeurs(payeurs=(PLATEFORME, payer("autre", "EXEMPLE", du=dt.date(2026, 1, 1))))


def test_a_text_claimed_is_taken_away():
    """
    Who completes the table need not replace what it corrects.
    """
    table = load_payeurs().with_payeurs([payer("adrea", "ADREA")])
    assert "adrea" == named(table, "VIR ADREA MUTUELLE EXEMPLE")
    assert "mutuelle" == named(table, "EOVI EXEMPLE") == named(load_payeurs(), "VIR ADREA MUTUELLE EXEMPLE")


def named(table: Payeurs, text: str) -> str | None:
    found = table.named_in(text)
    return found.id if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VIREMENT RECU DE CARTE BLAN", "carte_blanche"),
        ("VIREMENT RECU DE VILLE CARTE B", None),
        ("DE CARTE BLAN", None),
        ("VIREMENT RECU DE CARTE BLAN X", None),
        ("MUTUELLE GENERALE EDUCAT", "mgen"),
        ("MUTUELLE GENERALE DE VILLE-EXEMPLE".replace("-", " "), "mutuelle"),
        ("MUTUELLE GENERALE", "mutuelle"),
        ("VIREMENT RECU MUTUALITE SOCIALE", "msa"),
    ],
)
def test_a_name_cut_by_the_bank_names_its_payer(text, expected):
    """
    At the end of a field as long as banks cut, eight characters at least, the beginning of one payer's name alone.
    """
    assert expected == named(load_payeurs(), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CETIP CETIP TP SP S", "cetip"),
        ("ALMERYS SAS ADREA TP TP ADREA", "almerys"),
        ("HARMONIE MUT RO LOT 12", "harmonie"),
        ("MNH SECURITE SOCIALE", "mnh"),
        ("DDFIP DU VAR DE CNMSS CNMSSPRESTA", "cnmss"),
        ("DDFIP DE VILLE EXEMPLE", None),
        ("CPRPFRG0000000", "cprp"),
        ("CPCAM EXEMPLE", "cpam"),
    ],
)
def test_who_pays_is_not_who_owes(text, expected):
    """
    Labels of the sources, digits apart: a platform for an insurer, a mutuelle for a caisse, the Treasury for the CNMSS.
    """
    assert expected == named(load_payeurs(), text)


@pytest.mark.parametrize(
    ("name", "sender"), [("cetip", "OC"), ("harmonie", "SM"), ("mgen", "SM"), ("mnh", "SM"), ("cnmss", "CM")]
)
def test_a_payer_pays_for_several_kinds_of_sender(name, sender):
    """
    Many to many: a mutuelle pays complementary and compulsory parts.
    """
    assert {sender} <= {kind for one in load_payeurs().payeurs if one.id == name for kind in one.emetteurs}


def test_every_built_in_payer_says_its_source():
    """
    A source of the table, and a grade.
    """
    text = resources.files("tiers_payant.domain").joinpath("data/payeurs.toml").read_text("utf-8")
    known = set(tomllib.loads(text)["sources"])
    assert all(set(one.source.split(", ")) <= known for one in load_payeurs().payeurs)
    assert all(one.source for one in load_payeurs().payeurs)


GOOD = """
[[payeur]]
id = "exemple"
nom = "Mutuelle d'Exemple"
textes = ["MUT EXEMPLE"]
emetteurs = ["OC", "SM"]
du = 2026-01-01
"""


def test_a_file_completes_the_table(tmp_path):
    """
    Without sources nor a grade: it is the site's own.
    """
    (tmp_path / "payeurs.toml").write_text(GOOD, encoding="utf-8")
    table = load_payeurs(tmp_path / "payeurs.toml")
    assert "exemple" == named(table, "VIR MUT EXEMPLE 12")
    assert load_payeurs() == load_payeurs(())
    assert frozenset({"OC", "SM"}) == read_payeurs(tmp_path / "payeurs.toml")[0].emetteurs


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('id = "exemple"\n', ""), r"payeur\[0\].id"),
        (('["MUT EXEMPLE"]', '["Mut. Exemple"]'), r"textes: .*'Mut. Exemple'.*payeur\[0\]"),
        (('["MUT EXEMPLE"]', '[""]'), r"textes: .*payeur\[0\]"),
        (("2026-01-01", '"2026"'), r"expected date, got str.*payeur\[0\].du"),
        (("2026-01-01", "2026-01-02\nau = 2026-01-01"), r"au: 2026-01-01 is before.*payeur\[0\]"),
        (("2026-01-01", '2026-01-01\nconfiance = "D"'), r"confiance: .*payeur\[0\]"),
        (("du =", "depuis ="), r"depuis.*payeur\[0\]"),
        (("[[payeur]]", "[[payer]]"), "site.toml"),
        (("[[payeur]]", "[["), "site.toml"),
    ],
)
def test_a_bad_file_of_payers_says_where(tmp_path, change, words):
    """
    The file, the entry and the field.
    """
    (tmp_path / "site.toml").write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(LayoutError, match=words) as raised:
        load_payeurs(tmp_path / "site.toml")
    assert "site.toml" in str(raised.value)


def test_a_file_of_payers_that_is_not_there(tmp_path):
    """
    An error of the library, not of the system.
    """
    with pytest.raises(SourceError, match=r"absent\.toml"):
        load_payeurs([tmp_path / "absent.toml"])


WORDS = ["AB", "ABCDEFGHI", "ABCDEFGHI JKLMNOPQRSTUVWXYZ", "ABCDEFGHI JKLMNO Z", "CD", "CDEFGHIJKL"]
some_payers = st.lists(
    st.fixed_dictionaries(
        {
            "texts": st.lists(st.sampled_from(WORDS), max_size=3, unique=True),
            "du": st.sampled_from([None, dt.date(2026, 1, 2)]),
            "au": st.sampled_from([None, dt.date(2026, 1, 3), dt.date.max]),
        }
    ),
    max_size=3,
)
some_fields = st.tuples(
    st.sampled_from(["", "X ", "VIREMENT RECU PAR BANQUE ", "XAB "]),
    st.sampled_from(WORDS),
    st.integers(0, 27),
    st.sampled_from(["", " X", " CD"]),
).map(lambda parts: f"{parts[0]}{parts[1][: parts[2]]}{parts[3]}".strip())


def slow_name(payers: list[Payeur], field: str, day: dt.date) -> set[str]:
    """Every place, every text: the first place wins, then the longest text; then names cut at the end."""
    held = [one for one in payers if (one.du or day) <= day <= (one.au or day)]
    texts = [(text, one.id) for one in held for text in one.textes]
    starts = [at for at in range(len(field)) if field[at] != " " and (at == 0 or field[at - 1] == " ")]
    cut_at = {at: {name for text, name in texts if text.startswith(field[at:]) and text != field[at:]} for at in starts}
    for at in starts:
        fits = [(len(text), name) for text, name in texts if field.startswith(text, at)]
        if fits:
            return cut_at[at] if len(cut_at[at]) == 1 and len(field) - at >= 24 else {max(fits)[1]}
    tails = [cut_at[at] for at in starts if len(field) >= 24 and len(field) - at >= 8 and len(cut_at[at]) == 1]
    return tails[0] if tails else set()


@given(some_payers, some_fields, st.integers(1, 4).map(lambda number: dt.date(2026, 1, number)))
def test_naming_is_that_of_the_slow_way(rows: list[dict[str, Any]], field: str, day: dt.date):
    """
    On any field, any day; a table that contradicts itself is refused.
    """
    payers = [payer(f"p{rank}", *row["texts"], du=row["du"], au=row["au"]) for rank, row in enumerate(rows)]
    on_days = [
        [text for one in payers for text in one.textes if (one.du or on) <= on <= (one.au or on)]
        for on in (dt.date.min, dt.date(2026, 1, 2), dt.date(2026, 1, 4))
    ]
    if any(len(set(texts)) < len(texts) for texts in on_days):
        with pytest.raises(LayoutError, match="two payers"):
            Payeurs(payeurs=tuple(payers))
        return
    found = Payeurs(payeurs=tuple(payers)).named_in(field, day)
    assert slow_name(payers, field, day) == ({found.id} if found else set())
