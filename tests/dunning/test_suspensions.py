"""Files of suspensions, promises and instalment plans: what is written is read back, what cannot be is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dunning.dossiers import OFFICINE, cible, day

from tiers_payant.domain import (
    Cible,
    Echeancier,
    Mensualite,
    Part,
    Promesse,
    Suspension,
    Trace,
    TypeSuspension,
    read_echeanciers,
    read_promesses,
    read_suspensions,
    write_echeanciers,
    write_promesses,
    write_suspensions,
)
from tiers_payant.errors import LayoutError, PolicyError, SourceError

days = st.dates(day("2026-01-01"), day("2027-12-31"))
printing = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
texts = st.lists(printing, max_size=4).map(" ".join) | st.lists(printing, min_size=1, max_size=3).map("\n".join)
references = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8).filter(
    lambda text: not text.startswith("#")
)


@st.composite
def cibles(draw):
    named = draw(st.sampled_from(["debiteur", "facture", "both"]))
    return Cible(
        officine=draw(references),
        debiteur=draw(references) if named != "facture" else "",
        lot=draw(references) if named != "debiteur" else "",
        facture=draw(references) if named != "debiteur" else "",
        lot_date=draw(st.none() | days),
        part=draw(st.none() | st.sampled_from([Part.AMO, Part.AMC, Part.ASSURE])),
    )


@st.composite
def suspensions(draw):
    first = draw(days)
    endless = draw(st.sampled_from([TypeSuspension.DECES, TypeSuspension.CONFIDENTIEL]))
    genre, au = draw(
        st.tuples(st.sampled_from(TypeSuspension), st.integers(0, 99).map(lambda more: first + dt.timedelta(days=more)))
        | st.just((endless, None))
    )
    history = draw(st.lists(st.builds(Trace, le=days, texte=texts), max_size=3))
    return Suspension(type=genre, cible=draw(cibles()), du=first, au=au, raison=draw(texts), historique=history)


@st.composite
def promises(draw):
    made = draw(days)
    last = made + dt.timedelta(days=draw(st.integers(0, 99)))
    return Promesse(cible=draw(cibles()), faite_le=made, le=last, cents=draw(st.integers(1, 10**12)))


@st.composite
def plans(draw):
    agreed = draw(days)
    steps = sorted(draw(st.lists(st.integers(0, 400), min_size=1, max_size=4)))
    each = [Mensualite(le=agreed + dt.timedelta(days=step), cents=draw(st.integers(1, 9999))) for step in steps]
    return Echeancier(
        cible=draw(cibles()), accorde_le=agreed, mensualites=each, total_cents=sum(one.cents for one in each)
    )


@settings(max_examples=60)
@given(
    st.lists(suspensions(), max_size=3),
    st.lists(promises(), max_size=3),
    st.lists(plans(), max_size=3, unique_by=lambda plan: (plan.cible, plan.accorde_le, plan.total_cents)),
)
def test_any_files_round_trip(tmp_path_factory, pauses, promised, agreed):
    """
    What is written is read back equal: histories, codes with their zeros, texts that begin like a formula.
    """
    path = tmp_path_factory.mktemp("suspensions") / "table.csv"
    write_suspensions(pauses, path)
    assert tuple(pauses) == read_suspensions(path)
    write_promesses(promised, path)
    assert tuple(promised) == read_promesses(path)
    write_echeanciers(agreed, path)
    assert tuple(agreed) == read_echeanciers(path)


SUSPENSIONS = "type;officine;debiteur;du;au;raison;historique\n"


def written(tmp_path, text, name="s.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(read, *paths):
    with pytest.raises(LayoutError) as error:
        read(*paths)
    return str(error.value).splitlines()


def test_file_that_a_person_typed(tmp_path):
    """
    Columns in any order, French days, a history of two days in one cell; optional columns may be left out.
    """
    text = (
        "Officine;Débiteur;Type;Du;Au;Historique\r\n"
        '999000019;CLIENT:C1;Contestation;02/03/2026;31/03/2026;"2026-03-02 appel\r\n'
        '2026-03-09 prolongée\r\n  après courrier"\r\n'
    )
    expected = Suspension(
        type=TypeSuspension.CONTESTATION, cible=cible(client="C1"), du=day("2026-03-02"), au=day("2026-03-31"),
        historique=[
            Trace(le=day("2026-03-02"), texte="appel"),
            Trace(le=day("2026-03-09"), texte="prolongée\naprès courrier"),
        ],
    )  # fmt: skip
    assert (expected,) == read_suspensions(written(tmp_path, text))


def test_history_is_kept(tmp_path):
    """
    A suspension that is extended, then ended, tells it in its history, from one file to the next.
    """
    path = tmp_path / "s.csv"
    first = Suspension(type=TypeSuspension.ACCORD, cible=cible(1), du=day("2026-03-02"), au=day("2026-03-31"))
    write_suspensions([first.extended(day("2026-04-30"), le=day("2026-03-20"), texte="pièce promise")], path)
    write_suspensions([one.ended(le=day("2026-04-02"), texte="pièce reçue") for one in read_suspensions(path)], path)
    (last,) = read_suspensions(path)
    assert day("2026-04-02") == last.au
    assert ["pièce promise", "pièce reçue"] == [trace.texte for trace in last.historique]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("fini;9;C;2026-03-02;2026-03-03;;",
         "s.csv:2:1: type: expected one of contestation, piece, deces, confidentiel, accord, autre, got 'AAAA'"),
        ("accord;9;;2026-03-02;2026-03-03;;", "s.csv:2:2: officine: expected an officine, and a debtor or a facture"),
        ("accord;9;C;2026-03-02;;;", "s.csv:2:5: au: au: expected a last day: accord ends by itself"),
        ("accord;9;C;2026-03-02;2026-03-01;;", "s.csv:2:5: au: au comes before du"),
        ("accord;9;C;hier;2026-03-01;;", "s.csv:2:4: du: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got 'AAAA'"),
        ("accord;9;C;2026-03-02;2026-03-03;;appel",
         "s.csv:2:7: historique: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got 'AAAAA'"),
        ("accord;9;C\x07;2026-03-02;2026-03-03;;", "s.csv:2:3: debiteur: expected 1 to 64 ASCII characters, got 'A?'"),
    ],
)  # fmt: skip
def test_suspension_that_cannot_be(tmp_path, row, words):
    """
    Nothing is kept, and each fault has its place, and the shape of what was found.
    """
    right = "accord;9;C;2026-03-02;2026-03-03;;"
    assert [words] == refused(read_suspensions, written(tmp_path, f"{SUSPENSIONS}{row}\n{right}\n"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("9;C;;2026-03-02;2026-03-03;0", "s.csv:2:6: montant: expected more than 0, got '9'"),
        ("9;C;;2026-03-02;2026-03-03;12.50", "s.csv:2:6: montant: expected an amount such as '1 234,50', got '99.99'"),
        ("9;C;;2026-03-02;2026-03-01;12", "s.csv:2:5: le: le comes before faite_le"),
        ("9;C;AUTRE;2026-03-02;2026-03-03;12", "s.csv:2:3: part: expected one of AMO, AMC, ASSURE, got 'AAAAA'"),
    ],
)
def test_promise_that_cannot_be(tmp_path, row, words):
    """
    The same of promises: an amount has a comma, and is above 0.
    """
    assert [words] == refused(read_promesses, written(tmp_path, f"officine;debiteur;part;faite_le;le;montant\n{row}\n"))


def test_instalments_that_do_not_add_up(tmp_path):
    """
    A plan covers its sum to the cent: the line where it begins is told, with the gap in cents.
    """
    text = "officine;debiteur;accorde_le;total;le;montant\n" + "".join(
        f"9;{client};2026-03-02;100,00;2026-0{month}-01;{amount}\n"
        for client, month, amount in (("A", 4, "50"), ("B", 4, "50"), ("B", 5, "50"), ("A", 5, "49,99"))
    )
    path = written(tmp_path, text)
    assert ["s.csv:2: mensualites: 9999 cents in all, expected 10000"] == [
        line.replace(":1: officine", "") for line in refused(read_echeanciers, path)
    ]
    path = written(tmp_path, text.replace("49,99", "50"))
    assert [("A", 2), ("B", 2)] == [(one.cible.debiteur, len(one.mensualites)) for one in read_echeanciers(path)]


def test_faults_of_several_files(tmp_path):
    """
    All of them at once, and nothing of the files that are right; a column misspelt is not lost.
    """
    paths = [written(tmp_path, text, name) for name, text in (
        ("un.csv", SUSPENSIONS.replace("raison", "raisn")), ("deux.csv", "officine;du\n"),
        ("trois.csv", SUSPENSIONS + "accord;9;C;2026-03-02;2026-03-03;;\n"),
    )]  # fmt: skip
    told = refused(read_suspensions, *paths)
    assert "un.csv:1:6: no column of a table of suspensions; did you mean raison?" in told
    assert "deux.csv:1: type: this column is missing" in told
    with pytest.raises(SourceError):
        read_suspensions(tmp_path / "absent.csv")


def test_what_no_file_can_hold(tmp_path):
    """
    Refused when it is written, and the file that was there stays.
    """
    path = tmp_path / "s.csv"
    pause = Suspension(type=TypeSuspension.DECES, cible=cible(1), du=day("2026-03-02"))
    write_suspensions([pause], path)
    with pytest.raises(PolicyError, match="that print"):
        write_suspensions([pause.extended(day("2026-04-01"), le=day("2026-03-02"), texte="\x07")], path)
    assert (pause,) == read_suspensions(path)
    plan = Echeancier.split(
        Cible(officine=OFFICINE, debiteur="CLIENT:C1"), 100, (day("2026-04-01"),), accorde_le=day("2026-03-02")
    )
    with pytest.raises(PolicyError, match="two plans"):
        write_echeanciers([plan, plan], path)
    assert (pause,) == read_suspensions(path)
