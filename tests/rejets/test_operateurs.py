"""Who billed what: pseudonyms that hold, files that are told where they are wrong, plugins that agree."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest
from tests.rejets.livres_actions import TODAY, book, planned, refused

import tiers_payant as tp
from tiers_payant.domain import Axe, Operateurs, OperateursFactures, hookimpl
from tiers_payant.errors import LayoutError, Location, SourceError
from tiers_payant.matching import reconcile
from tiers_payant.plugins import build_manager, operateurs_of

HEADERS = "officine;lot_date;lot;facture;operateur\n"
NOM = "CAMILLE EXEMPLE"


def mapping(*rows: tuple[str, str], fichier: str = "operateurs", **options: Any) -> Operateurs:
    """Map factures of the ordinary lot to operators."""
    names = np.empty(len(rows), dtype=object)
    names[:] = [name for _, name in rows]
    lignes = OperateursFactures.of(
        len(rows),
        officine=["999000019"] * len(rows),
        lot_date=["2026-01-05"] * len(rows),
        lot=["001"] * len(rows),
        facture=[facture for facture, _ in rows],
        operateur=names,
        ligne=list(range(2, 2 + len(rows))),
    )
    return Operateurs(lignes=lignes, fichier=fichier, **options)


class TestPseudonyms:
    def test_same_salt_gives_the_same_pseudonym(self):
        """
        From one month to the next, and for one name only.
        """
        one, other = mapping(sel=b"exemple"), mapping(sel=b"exemple")
        assert one.pseudonyme(NOM) == other.pseudonyme(NOM)
        assert one.pseudonyme(NOM) != one.pseudonyme("SACHA EXEMPLE")

    def test_without_a_salt_two_mappings_share_nothing(self):
        """
        A salt is drawn: who has the list of names cannot try them.
        """
        assert mapping().pseudonyme(NOM) != mapping().pseudonyme(NOM)
        assert mapping(sel=b"exemple").pseudonyme(NOM) != mapping(sel=b"autre").pseudonyme(NOM)

    def test_names_are_shown_only_when_asked_for(self):
        """
        Nowhere else: neither in the object nor in its text.
        """
        factures = reconcile(book([{}])).tables.factures
        rows = (("000000101", NOM),)
        assert [NOM] == mapping(*rows, noms=True).of(factures)
        hidden = mapping(*rows)
        assert NOM not in f"{hidden!r}{hidden.of(factures)}{hidden.lignes!r}"
        assert "sel=" not in repr(hidden)

    def test_long_salt_is_taken_whole(self):
        """
        A passphrase of any length: its end counts.
        """
        assert mapping(sel=b"e" * 200).pseudonyme(NOM) != mapping(sel=b"e" * 201).pseudonyme(NOM)


def test_factures_are_found_as_everywhere():
    """
    Lot 1 is lot 001; what is not in the mapping has nobody; rows of no facture are told where they stand.
    """
    mine = mapping(("101", NOM), ("000000999", NOM), noms=True)
    factures = reconcile(book([{}, {}])).tables.factures
    assert [NOM, ""] == mine.of(factures)
    assert (Location(file="operateurs", line=3, field="facture"),) == mine.unknown(factures)


def test_two_operators_of_one_facture_are_refused():
    """
    Both lines are told, neither name is.
    """
    with pytest.raises(
        LayoutError, match="operateurs:3: operateur: another operator for the facture of line 2"
    ) as told:
        mapping(("000000101", NOM), ("101", "SACHA EXEMPLE"))
    assert "EXEMPLE" not in str(told.value)
    assert 2 == len(mapping(("000000101", NOM), ("000000101", NOM)).lignes)


class TestFile:
    def test_file_is_read(self, tmp_path):
        """
        As a French spreadsheet writes it: mark, semicolons, French days, blank lines.
        """
        path = tmp_path / "operateurs.csv"
        text = f"{HEADERS}999000019;2026-01-05;001;000000101;{NOM}\n;;;;\n999000019;05/01/2026;001;102;Zoé Exemple\n"
        path.write_text(text, encoding="utf-8-sig")
        found = tp.read_operateurs(path, noms=True)
        assert [NOM, "Zoé Exemple"] == found.of(reconcile(book([{}, {}])).tables.factures)
        assert [2, 4] == found.lignes.ligne.tolist()

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "x.csv: empty"),
            ("officine,lot_date\n", "x.csv:1: lot: this column is missing"),
            (f"{HEADERS}999000019;2026-01-05;001\n", "x.csv:2: expected 5 cells, got 3"),
            (
                f"{HEADERS}999000019;2026-02-30;001;1;A\n",
                "x.csv:2:2: lot_date: expected a date AAAA-MM-JJ or JJ/MM/AAAA, got '9999-99-99'",
            ),
            (
                f"{HEADERS}999000019;hier;001;1;A\n",
                "x.csv:2:2: lot_date: expected a date AAAA-MM-JJ",
            ),
            (f"{HEADERS}999000019;2026-01-05;001;1;\n", "x.csv:2:5: operateur: expected a name of 1 to 100"),
            (
                f"{HEADERS}99é;2026-01-05;001;1;A\n",
                "x.csv:2:1: officine: expected 1 to 64 ASCII characters, got '99A'",
            ),
            (f"{HEADERS}a;2026-01-05;1;1;A\na;2026-01-05;1;1;B\n", "x.csv:3: operateur: another operator"),
            (f"{HEADERS}a;1/1/99999999999999999999;1;1;A\n", "x.csv:2:2: lot_date: expected a date"),
            (f"{HEADERS}a;1_0/0_1/2_026;1;1;A\n", "x.csv:2:2: lot_date: expected a date"),
            (f"{HEADERS}a;2026-01-05;1;1;A\x1b[2J\n", "x.csv:2:5: operateur: expected a name of 1 to 100"),
            (f"{HEADERS}a;2026-01-05;1;0\x001;A\n", "x.csv:2: a NUL is no text"),
            (f'{HEADERS}a;2026-01-05;1;1;"A\na;2026-01-05;1;2;B\n', "x.csv:2: quotes that do not close"),
        ],
    )
    def test_fault_is_told_where_it_stands(self, tmp_path, text, told):
        """
        File, line, column and shape; nothing of the file is used.
        """
        (tmp_path / "x.csv").write_text(text, encoding="utf-8")
        with pytest.raises(LayoutError) as error:
            tp.read_operateurs(tmp_path / "x.csv")
        assert told in str(error.value)

    def test_every_fault_is_told_at_once(self, tmp_path):
        """
        One line each.
        """
        (tmp_path / "x.csv").write_text(f"{HEADERS}a;b;c;d;e\na;b;c\n", encoding="utf-8")
        with pytest.raises(LayoutError) as error:
            tp.read_operateurs(tmp_path / "x.csv")
        assert 2 == len(str(error.value).splitlines())

    def test_many_faults_are_counted(self, tmp_path):
        """
        A file of something else makes an error that can be read, not one of its own size.
        """
        (tmp_path / "x.csv").write_text(HEADERS + "a;b;c;d;e\n" * 1000, encoding="utf-8")
        with pytest.raises(LayoutError, match=r"x\.csv: and 950 more") as error:
            tp.read_operateurs(tmp_path / "x.csv")
        assert 51 == len(str(error.value).splitlines())

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", HEADERS.encode() + b'"' * 7 + b"\x00"])
    def test_other_bytes_are_refused(self, tmp_path, content):
        """
        No exception of another kind comes out.
        """
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(LayoutError):
            tp.read_operateurs(tmp_path / "x.csv")

    def test_missing_file_is_told(self, tmp_path):
        """
        By its name.
        """
        with pytest.raises(SourceError, match=r"absent\.csv"):
            tp.read_operateurs(tmp_path / "absent.csv")


def plugin(*operateurs: object) -> object:
    @hookimpl
    def tiers_payant_operateurs() -> list[object]:
        return list(operateurs)

    return SimpleNamespace(tiers_payant_operateurs=tiers_payant_operateurs)


class TestHook:
    def test_nobody_tells_without_a_plugin(self):
        """
        The library knows no operator.
        """
        assert None is operateurs_of(build_manager())

    def test_plugin_names_who_billed(self):
        """
        In the plan and in the statistics, by pseudonym.
        """
        mine = mapping(("000000101", NOM), sel=b"exemple")
        manager = build_manager(plugin(mine))
        result = reconcile(refused({"de": 0, "code": "0250-050"}))
        (one,) = tp.plan_actions(result, today=TODAY, manager=manager)
        assert (mine.pseudonyme(NOM),) == one.operateurs
        cells = tp.statistics(result, manager=manager).par(Axe.OPERATEUR)
        assert [mine.pseudonyme(NOM)] == [cell.valeur for cell in cells]

    def test_two_plugins_are_put_together(self):
        """
        One salt for both, whatever their order; names only if both show them.
        """
        one, other = mapping(("101", NOM), sel=b"un", noms=True), mapping(("102", NOM), sel=b"deux", fichier="autre")
        both = [operateurs_of(build_manager(*each)) for each in ([plugin(one, other)], [plugin(other), plugin(one)])]
        names = {told.pseudonyme(NOM) for told in both if told is not None}
        assert 1 == len(names)
        assert NOM not in names

    def test_plugins_that_contradict_each_other_are_refused(self):
        """
        One facture, two people.
        """
        with pytest.raises(LayoutError, match="another operator"):
            operateurs_of(build_manager(plugin(mapping(("101", NOM)), mapping(("101", "SACHA EXEMPLE")))))

    def test_something_else_is_refused(self):
        """
        The error names the hook and the type.
        """
        with pytest.raises(LayoutError, match="of SimpleNamespace: expected Operateurs, got dict"):
            operateurs_of(build_manager(plugin({})))


def test_plan_tells_every_operator_of_an_action():
    """
    Two people behind one cause: both, sorted.
    """
    mine = mapping(("101", "Z EXEMPLE"), ("102", "A EXEMPLE"), noms=True)
    (one,) = planned(refused({"de": 0, "code": "IDENTITE_NIR"}, {"de": 1, "code": "IDENTITE_NIR"}), operateurs=mine)
    assert ("A EXEMPLE", "Z EXEMPLE") == one.operateurs
    assert mine.lignes is attrs.evolve(mine, noms=False).lignes


def test_name_with_a_comma_is_one_person():
    """
    As many software write names; what would move a terminal is escaped.
    """
    mine = mapping(("101", "EXEMPLE, Camille"), ("102", "EXEMPLE\x1b[2J"), noms=True)
    (one,) = planned(refused({"de": 0, "code": "IDENTITE_NIR"}, {"de": 1, "code": "IDENTITE_NIR"}), operateurs=mine)
    assert ("EXEMPLE, Camille", r"EXEMPLE\x1b[2J") == one.operateurs
