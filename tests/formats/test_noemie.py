"""NOÉMIE PS. `python -m tests.formats.test_noemie` rewrites what the golden files are read as."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import (
    Entree,
    Groupes,
    Mouvements,
    NatureMouvement,
    Part,
    Rejets,
    Reponse,
    Reponses,
    Retours,
    Tables,
)
from tiers_payant.errors import ColumnError, LayoutError
from tiers_payant.formats._layout import load_layout
from tiers_payant.formats.noemie import read_noemie, sniff_noemie, write_noemie

GOLDEN = Path(__file__).parents[1] / "golden" / "noemie"
TABLES = ("retours", "groupes", "reponses", "rejets", "mouvements", "bruts")
CADRAGES = ("blocs", "longueurs", "nu")

# formats-amo 1.8: built by script from the tables of the reference; nobody in it exists.
ECHANTILLON = (
    "000CT00000000000999      TP029900009           RJ000001240115576     UT           128".ljust(128),
    "04002000000029900009@",
    "07003240115@",
    "08004240110017@",
    "10005000012345@",
    "11099155089999900147UEXEMPLE                                            CAMILLE        @",
    "120990108551EXEMPLE                  CAMILLE        0000@",
    "15099AS@",
    "99005                 0000000300000001234P@",
    "99004                 0000000100000001234P@",
    "99003                 0000000100000001234P@",
    "999CT00000000000999      TP029900009           RJ00000100000003T                  00100000001234P".ljust(128),
)


def entree(content, **options):
    return Entree(nom="retour.txt", contenu=content, options=options)


def lecture_of(content, **options):
    return read_noemie(entree(content, **options))


def golden(stem):
    return (GOLDEN / f"{stem}.txt").read_bytes()


def codes(lecture):
    return [problem.code for problem in lecture.problems]


def rows(table, *left_out):
    kept = [name for name in table.kinds() if name not in left_out]
    return [{name: value for name, value in table.row(number).items() if name in kept} for number in range(len(table))]


def written(tables, cadrage="blocs"):
    out = io.BytesIO()
    write_noemie(tables, out, cadrage)
    return out.getvalue()


# --- golden files


def read_golden(path):
    lecture = read_noemie(Entree(nom=path.name, chemin=path))
    facts = {
        "reference": lecture.tables.sources[0].reference,
        "confiance_min": lecture.tables.sources[0].confiance_min,
        **{name: [said(row) for row in rows(getattr(lecture.tables, name), "source")] for name in TABLES},
        "problems": [
            {"at": str(problem.at), "code": problem.code, "message": problem.message} for problem in lecture.problems
        ],
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def said(row):
    for name, kind in (("part", Part), ("reponse", Reponse), ("nature", NatureMouvement)):
        if isinstance(row.get(name), int):
            row[name] = kind(row[name]).name
    kept = {name: value for name, value in row.items() if value not in ("", None)}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in kept.items()}


FILES = sorted(GOLDEN.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_peculiarity_is_read_as_its_golden_file_says(path):
    """
    What stands beside each input is what is read from it, problems included.
    """
    assert path.with_name(f"{path.name}.json").read_text(encoding="utf-8") == read_golden(path)


# --- layout


def test_layout_holds_every_entity_of_the_reference():
    """
    25 entities, each with the length that its specification states.
    """
    lengths = {
        "000": 128, "999": 128, "020": 21, "040": 21, "070": 12, "080": 15, "100": 15, "110": 88, "120": 57, "150": 8,
        "160": 23, "210": 118, "250": 47, "290": 98, "990": 43, "071": 86, "081": 22, "102": 40, "103": 152, "198": 24,
        "199": 49, "261": 19, "262": 134, "294": 153, "295": 135,
    }  # fmt: skip
    assert lengths == {code: record.length for code, record in load_layout("noemie").records.items()}


# --- framing


@pytest.mark.parametrize("end", ["\r\n", "\n", ""])
def test_constructed_sample_of_the_reference(end):
    """
    One facture with no line of detail: the sum of its 990 is paid, of a share that is not said; all controls agree.
    """
    lecture = lecture_of(end.join(ECHANTILLON).encode())
    [reponse] = rows(lecture.tables.reponses, "source", "octet")
    assert () == lecture.problems
    assert {
        "officine": "029900009", "lot_date": dt.date(2024, 1, 10), "lot": "017", "facture": "000012345",
        "part": Part.NON_PRECISEE, "reponse": Reponse.PAYEE, "demande_cents": 0, "annonce_cents": 1234, "amc": "",
        "nir": "1550899999001", "naissance": "010855", "groupe": 0, "retour": 0,
    } == reponse  # fmt: skip


def test_one_return_in_three_framings():
    """
    The same facts and the same fingerprint; only the places in the file differ.
    """
    read = [lecture_of(golden(f"trois_cadrages_{cadrage}")) for cadrage in CADRAGES]
    said = [{name: rows(getattr(lecture.tables, name), "octet") for name in TABLES} for lecture in read]
    assert [(), (), ()] == [lecture.problems for lecture in read]
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize("cadrage", CADRAGES)
def test_places_are_those_of_the_file(cadrage):
    """
    Whatever the framing, `octet` is the byte of the file where the entity begins.
    """
    content = golden(f"trois_cadrages_{cadrage}")
    lecture = lecture_of(content)
    found = [content[octet : octet + 2] for octet in lecture.tables.reponses.octet.tolist()]
    assert [b"19"] * len(found) == found


def test_caller_can_impose_the_framing():
    """
    A file read under another framing than its own gives other facts, and no exception.
    """
    content = golden("trois_cadrages_blocs")
    assert () == lecture_of(content, cadrage="blocs").problems
    assert 0 < len(lecture_of(content, cadrage="longueurs").problems)


def test_unknown_framing_is_told_and_not_followed():
    """
    An option that names no framing is a problem; the framing is then recognised.
    """
    lecture = lecture_of(golden("trois_cadrages_nu"), cadrage="pages")
    assert ["VALEUR_ATTENDUE"] == codes(lecture)
    assert 5 == len(lecture.tables.reponses)


def test_empty_file():
    """
    Nothing is a problem, not an exception.
    """
    assert ["FICHIER_VIDE"] == codes(lecture_of(b""))


@settings(max_examples=150)
@given(st.data())
def test_junk_gives_only_problems(data):
    """
    Bytes changed, doubled or dropped anywhere never raise.
    """
    content = bytearray(golden(data.draw(st.sampled_from([path.stem for path in FILES]))))
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4)) + b"@"[: place % 2]
    read_noemie(entree(bytes(content)))


@given(st.binary(max_size=300), st.sampled_from(CADRAGES))
def test_anything_at_all_gives_only_problems(content, cadrage):
    """
    No content makes a reader raise, under any framing.
    """
    read_noemie(entree(content, cadrage=cadrage))
    assert 0.0 <= sniff_noemie(content) <= 1.0


def test_sniffing():
    """
    Entities ended by `@` after a 000, framed or not; a B2 file has none.
    """
    assert [0.9, 0.9, 0.9] == [sniff_noemie(golden(f"trois_cadrages_{cadrage}")[:4096]) for cadrage in CADRAGES]
    assert 0.0 == sniff_noemie(ECHANTILLON[0].encode() + b"1029900009".ljust(128) + b"2029900009".ljust(128))
    assert 0.0 == sniff_noemie(b"")


# --- fingerprint


def test_fingerprint_changes_with_a_cent():
    """
    Another amount is another return.
    """
    content = golden("trois_cadrages_nu")
    other = content.replace(b"00000480P", b"00000481P")
    assert content != other
    assert lecture_of(content).tables.retours.empreinte[0] != lecture_of(other).tables.retours.empreinte[0]


def test_fingerprint_ignores_what_pads():
    """
    NULs or blanks at the end of a label, CR LF between entities: the same return.
    """
    assert (
        lecture_of(golden("trois_cadrages_nu")).tables.retours.empreinte[0]
        == lecture_of(golden("libelles_en_nul")).tables.retours.empreinte[0]
    )


# --- controls


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"0000000300000001480P", b"0000000400000001480P", {"CONTROLE_NOMBRE"}),
        (b"0000000300000001480P", b"0000000300000001480N", {"CONTROLE_SOMME"}),
        (b"00200000001480P", b"00300000001480P", {"CONTROLE_NOMBRE"}),
        (b"00200000001480P", b"00200000001481P", {"CONTROLE_SOMME"}),
        (b"99005                 0000000300000001480P@\r\n", b"", {"FIN_ABSENTE"}),
        (b"00001000P00001000P", b"00001000P00000999P", {"CONTROLE_SOMME"}),
    ],
)
def test_every_control_is_checked(old, new, expected):
    """
    A wrong count, sum, sign or a missing 990 is told; the answers stay.
    """
    content = golden("trois_cadrages_nu")
    assert old in content
    lecture = lecture_of(content.replace(old, new))
    assert expected == set(codes(lecture))
    assert 5 == len(lecture.tables.reponses)


def test_physical_records_are_counted():
    """
    In blocks, the 999 counts them, header and trailer included.
    """
    content = golden("trois_cadrages_blocs")
    count = content[-128:][55:63]
    lecture = lecture_of(content[:-73] + b"%08d" % (int(count) + 1) + content[-65:])
    assert ["nombre_enregistrements"] == [problem.at.field for problem in lecture.problems]


def test_broken_payee_does_not_give_its_factures_to_the_one_before():
    """
    A 040 that cannot be read still closes the one before: what follows it is nobody's, and kept raw.
    """
    content = golden("niveau_02_partage").replace(b"04002000000039900000@", b"0400200000003990000@")
    lecture = lecture_of(content)
    assert [b"029900009"] == lecture.tables.reponses.officine.tolist()
    assert {"ENREGISTREMENT_LONGUEUR", "NOEMIE_ORPHELINE"} <= set(codes(lecture))
    assert {"040", "071", "102", "198"} <= {row["code"] for row in rows(lecture.tables.bruts)}


def test_confidence_of_what_decides_is_told():
    """
    A result that rests on a line of 210 says that its position comes from one source only.
    """
    source = lecture_of(golden("rejet_900_ancien_jeu")).tables.sources[0]
    assert "C" == source.confiance["210.paye_cents"]
    assert "A" == source.confiance["040.officine"]


# --- writing


def textes(size):
    return st.text("ABCDEFGHJK0123456789", min_size=1, max_size=size)


NUMEROS = st.integers(1, 999_999_999).map("{:09d}".format)
JOURS = st.dates(dt.date(1990, 1, 1), dt.date(2049, 12, 31)).map(np.datetime64)
MONTANTS = st.integers(-99_999_999, 99_999_999)
CAISSE = "TRAITEMENT CAISSE"


@st.composite
def _groupe(draw, number):
    new = draw(st.booleans())
    return {
        "officine": "029900009" if draw(st.booleans()) else "039900000",
        "date": draw(JOURS) if new else np.datetime64("2024-01-01") + number,
        "libelle_1": f"VIR {number}" if new else "",
        "libelle_2": draw(textes(32)) if new else "",
        "organisme": "999" if new else "",
    }


@st.composite
def _answers(draw, new):
    """What a facture is answered: shares, then reject lines; every combination that the entities can hold."""
    reject = {"code": draw(textes(4)), "libelle": "EXEMPLE " + draw(textes(20)), "part": "", "portee": ""}
    caisse = {**reject, "libelle": CAISSE}
    nonzero = draw(MONTANTS.filter(bool))
    if not new:
        return draw(
            st.sampled_from(
                [
                    ([(Part.AMO, Reponse.PAYEE, nonzero)], []),
                    ([(Part.AMO, Reponse.PAYEE, 0)], []),
                    ([(Part.AMC, Reponse.PAYEE, nonzero)], []),
                    ([(Part.AMO, Reponse.PAYEE, nonzero), (Part.AMC, Reponse.PAYEE, -nonzero)], [reject]),
                    ([(Part.NON_PRECISEE, Reponse.PAYEE, nonzero)], []),
                    ([(Part.NON_PRECISEE, Reponse.REJETEE, 0)], [reject, reject]),
                    ([(Part.NON_PRECISEE, Reponse.TRAITEMENT_CAISSE, 0)], [reject, caisse]),
                    ([(Part.NON_PRECISEE, Reponse.NON_TRAITEE, 0)], []),
                ]
            )
        )
    amo, amc = {**reject, "part": "O", "portee": "F"}, {**caisse, "part": "C", "portee": "A"}
    return draw(
        st.sampled_from(
            [
                ([(Part.AMO, Reponse.PAYEE, nonzero), (Part.AMC, Reponse.PAYEE, draw(MONTANTS))], []),
                ([(Part.AMO, Reponse.REJETEE, 0), (Part.AMC, Reponse.TRAITEMENT_CAISSE, 0)], [amo, amc]),
                ([(Part.AMC, Reponse.DIFFEREE, 0)], []),
                ([(Part.AMO, Reponse.NON_TRAITEE, 0)], [amo]),
                ([(Part.NON_PRECISEE, Reponse.REJETEE, 0)], [amo]),
                ([(Part.NON_PRECISEE, Reponse.NON_TRAITEE, 0)], []),
            ]
        )
    )


@st.composite
def _movement(draw):
    cents = draw(st.integers(1, 99_999_999))
    debt = {"reference": draw(textes(10)), "dette": "PSA", "date": draw(JOURS), "solde_cents": cents}
    return draw(
        st.sampled_from(
            [
                {**debt, "nature": NatureMouvement.RETENUE, "operation": "RPR", "montant_cents": -cents},
                {**debt, "nature": NatureMouvement.AUTRE, "operation": "PAI", "montant_cents": cents},
                {**debt, "nature": NatureMouvement.INDU, "operation": "CIN", "montant_cents": 0},
                {"reference": "00012", "nature": NatureMouvement.FORFAIT, "montant_cents": cents, "libelle": "EXEMPLE"},
                {"reference": "00012", "nature": NatureMouvement.PENALITE_RETARD, "montant_cents": cents},
            ]
        )
    )


@st.composite
def retours(draw):
    """Tables of one to three returns, each with its groups."""
    found: dict[str, list[Any]] = {name: [] for name in ("retours", "groupes", "reponses", "rejets", "mouvements")}
    for retour in range(draw(st.integers(1, 3))):
        party = {"emetteur_type": "CT", "destinataire_type": "TP", "destinataire": "029900009"}
        found["retours"].append({
            **party, "emetteur": draw(textes(13)).lstrip("0") or "9", "reference": "576",
            "date": draw(JOURS), "fichier": draw(textes(6)),
        })  # fmt: skip
        for number in range(draw(st.integers(0, 3))):
            _fill(draw, found, retour, number)
    kinds = {"retours": Retours, "groupes": Groupes, "reponses": Reponses, "rejets": Rejets, "mouvements": Mouvements}
    return Tables(**{name: _table(kinds[name], facts) for name, facts in found.items()})


def _fill(draw, found, retour, number):
    groupe = draw(_groupe(number))
    new, apart = bool(groupe["libelle_1"]), False
    if new:
        apart = draw(st.booleans())
    key = {"officine": groupe["officine"], "retour": retour}
    pending = []
    for _ in range(draw(st.integers(0, 4))):
        facture = {
            **key, "lot_date": draw(JOURS), "lot": draw(textes(3)), "facture": f"{len(found['reponses']):09d}",
        }  # fmt: skip
        shares, rejects = draw(_answers(new))
        if apart and shares[0][0] == Part.NON_PRECISEE:
            continue
        person = {"nir": "1999999999001", "naissance": "010199"} if draw(st.booleans()) else {}
        pending += [
            {**facture, **person, "part": part, "reponse": reponse, "annonce_cents": cents,
             "demande_cents": draw(st.integers(0, 99_999_999)) if new and part else 0,
             "amc": "99999997" if new and part == Part.AMC else ""}
            for part, reponse, cents in shares
        ]  # fmt: skip
        found["rejets"] += [{**facture, **reject} for reject in rejects]
    moves = draw(st.lists(_movement(), max_size=2))
    wanted = sorted({row["part"] for row in pending} | ({Part.AMO} if moves else set())) if apart and pending else [0]
    places = {part: len(found["groupes"]) + rank for rank, part in enumerate(wanted)}
    found["groupes"] += [{**groupe, "retour": retour, "part": part} for part in wanted]
    alone = places[wanted[0]]
    found["reponses"] += [{**row, "groupe": places.get(row["part"], alone) if apart else alone} for row in pending]
    found["mouvements"] += [{**key, **move, "groupe": places.get(Part.AMO, alone)} for move in moves]


def _table(kind, facts):
    names = {name for fact in facts for name in fact}
    absent = {name: column.absent for name, column in kind.kinds().items()}
    return kind.of(len(facts), **{name: _column(kind, name, [fact.get(name, absent[name]) for fact in facts])
                                  for name in names})  # fmt: skip


def _column(kind, name, values):
    dtype = kind.kinds()[name].dtype
    if dtype == "S":
        return np.array([value if isinstance(value, bytes) else value.encode() for value in values], dtype="S")
    return np.array(values, dtype=dtype)


def facts_of(tables):
    """Every fact of the returns, groups told by what they are rather than by their row, whatever the order of rows."""
    group_of = [
        tuple(sorted((name, str(value)) for name, value in row.items()))
        for row in rows(tables.groupes, "source", "octet")
    ]
    found = Counter(("groupes", group) for group in group_of)
    for name in ("retours", "reponses", "rejets", "mouvements"):
        for row in rows(getattr(tables, name), "source", "octet", "empreinte", "total_cents"):
            if "groupe" in row:
                row["groupe"] = group_of[row["groupe"]] if row["groupe"] >= 0 else ()
            found[name, tuple(sorted((key, str(value)) for key, value in row.items()))] += 1
    return found


@settings(max_examples=120)
@given(retours(), st.sampled_from(CADRAGES))
def test_what_is_written_is_read_back(tables, cadrage):
    """
    Every fact comes back, every control agrees, and nothing is left over.
    """
    lecture = lecture_of(written(tables, cadrage), cadrage=cadrage)
    assert () == lecture.problems
    assert facts_of(tables) == facts_of(lecture.tables)
    assert 0 == len(lecture.tables.bruts)


@settings(max_examples=60)
@given(retours())
def test_framings_have_one_fingerprint(tables):
    """
    A return wrapped again is the same return, recognised without help.
    """
    prints = [lecture_of(written(tables, cadrage)).tables.retours.empreinte.tolist() for cadrage in CADRAGES]
    assert prints[0] == prints[1] == prints[2]


@settings(max_examples=60)
@given(retours())
def test_announced_and_moved_cents_are_the_total(tables):
    """
    The 999 of each return is the sum of its answers and its movements.
    """
    read = lecture_of(written(tables)).tables
    expected = np.zeros(len(tables.retours), dtype=np.int64)
    np.add.at(expected, tables.reponses.retour, tables.reponses.annonce_cents)
    np.add.at(expected, tables.mouvements.retour, tables.mouvements.montant_cents)
    assert expected.tolist() == read.retours.total_cents.tolist()


def test_answer_outside_any_transfer_is_written_and_told():
    """
    Money announced under no transfer stays, with a warning.
    """
    tables = lecture_of(golden("somme_990_fausse")).tables
    alone = Tables(retours=tables.retours, reponses=tables.reponses.with_columns(groupe=np.array([-1], dtype=np.int32)))
    lecture = lecture_of(written(alone))
    assert ["NOEMIE_SANS_VIREMENT"] == codes(lecture)
    assert facts_of(alone) == facts_of(lecture.tables)


@pytest.mark.parametrize(
    "columns",
    [
        {"part": np.array([Part.ASSURE], dtype=np.int8)},
        {"part": np.array([Part.NON_PRECISEE], dtype=np.int8)},
        {"reponse": np.array([Reponse.TRAITEMENT_CAISSE], dtype=np.int8)},
        {"amc": np.array([b"99999997"])},
        {"facture": np.array([b"1@2"])},
        {"officine": np.array([b"039900000"])},
        {"annonce_cents": np.array([100_000_000])},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_what_the_entities_cannot_hold_is_refused(columns):
    """
    Nothing is cut or dropped silently: writing stops.
    """
    tables = lecture_of(golden("message_avec_arobase")).tables
    wrong = Tables(retours=tables.retours, groupes=tables.groupes, reponses=tables.reponses.with_columns(**columns))
    with pytest.raises(ColumnError):
        written(wrong)


def test_framing_that_does_not_exist_is_refused():
    """
    The three framings are the only ones.
    """
    with pytest.raises(LayoutError):
        written(Tables(), "pages")


@pytest.mark.parametrize(
    ("old", "new", "field", "column"),
    [(b"INCONNUE".ljust(66) + b"FO", b"INCONNUE".ljust(66) + b"FX", "part", 97),
     (b"240110F240109 ", b"240110F240109X", "traitement_amc", 37)],
)  # fmt: skip
def test_letter_that_a_deciding_list_lacks_is_told(old, new, field, column):
    """
    Which share is refused, or how shares are paid: a letter that nobody published is read as if nothing was said.
    """
    content = golden("trois_cadrages_nu")
    assert old in content
    told = [problem for problem in lecture_of(content.replace(old, new, 1)).problems if problem.at.field == field]
    assert [("VALEUR_ATTENDUE", column)] == [(problem.code, problem.at.column) for problem in told]


def test_lines_that_cannot_be_read_leave_the_word_to_the_990():
    """
    An act with its performer pays too: the lines that can be read are not the whole, and a 290 beside it is no reject.
    """
    lecture = lecture_of(golden("actes_non_lus"))
    assert [("000000301", 1400), ("000000302", 500), ("000000303", 250)] == [
        (row["facture"], row["annonce_cents"]) for row in rows(lecture.tables.reponses)
    ]
    assert {Reponse.PAYEE} == set(lecture.tables.reponses.reponse.tolist())
    assert {"ENREGISTREMENT_MONTANTS_NON_LUS"} == set(codes(lecture))


if __name__ == "__main__":
    for input_file in FILES:
        input_file.with_name(f"{input_file.name}.json").write_text(read_golden(input_file), encoding="utf-8")


def test_junk_beyond_thousands_of_entities_is_kept_in_few_rows():
    """
    Every byte set aside is in `bruts`, without a row for each of a million entities that are none.
    """
    junk = b"77799@" * 50_000
    lecture = lecture_of(golden("trois_cadrages_nu")[:128] + junk)
    bruts = lecture.tables.bruts
    assert junk == "".join(bruts.contenu.tolist()).encode("latin-1")
    assert len(bruts) <= 10_001
