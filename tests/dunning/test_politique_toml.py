"""Policies as TOML files: what is written is read back, what cannot be is refused with its place."""

from __future__ import annotations

import tomllib

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dunning.fichiers_page import PAGE, page

from tiers_payant.domain import (
    Canal,
    Delai,
    Depart,
    Derogation,
    Horizon,
    JourSemaine,
    Palier,
    Porteuse,
    RelancePolicy,
    Scenario,
    TypeDebiteur,
    Unite,
    policy_to_toml,
    read_policy,
    words_of_policy,
    write_policy,
)
from tiers_payant.errors import LayoutError, PolicyError, SourceError

words = st.text(max_size=12)
codes = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
cents = st.integers(0, 10**12)


def some(kind, **columns):
    return st.builds(kind, **columns)


delais = some(Delai, valeur=st.integers(0, 3650), unite=st.sampled_from(Unite), depuis=st.sampled_from(Depart))
paliers = some(
    Palier, code=codes, libelle=words, canal=st.sampled_from(Canal), modele=codes, delai=delais,
    montant_min_cents=cents, minutes=st.integers(0, 10_000), fournitures_cents=st.integers(0, 10**9),
    espoir=st.integers(0, 100), mise_en_demeure=st.booleans(),
)  # fmt: skip


def scenarios(genre):
    return some(
        Scenario, debiteur=st.just(genre), porteuse=st.sampled_from(Porteuse), repos_jours=st.integers(0, 3650),
        paliers=st.lists(paliers, min_size=1, max_size=3, unique_by=lambda palier: palier.code),
        jours=st.lists(st.sampled_from(JourSemaine), min_size=1, unique=True), interets=st.booleans(),
        indemnite=st.booleans() if genre is TypeDebiteur.PROFESSIONNEL else st.just(False),
    )  # fmt: skip


@st.composite
def derogations(draw, known):
    target = draw(
        st.sampled_from([{"officine": "9"}, {"debiteur": "CLIENT:1"}, {"officine": "9", "lot": "1", "facture": "2"}])
    )
    return Derogation(
        **target, suspendu=draw(st.none() | st.booleans()), montant_min_cents=draw(st.none() | cents),
        repos_jours=draw(st.none() | st.integers(0, 3650)), porteuse=draw(st.none() | st.sampled_from(Porteuse)),
        paliers=draw(st.none() | st.lists(st.sampled_from(known), min_size=1)), raison=draw(words),
    )  # fmt: skip


@st.composite
def policies(draw):
    genres = draw(st.lists(st.sampled_from(TypeDebiteur), min_size=1, unique=True))
    every = [draw(scenarios(genre)) for genre in genres]
    known = sorted({palier.code for scenario in every for palier in scenario.paliers})
    urgent = draw(st.integers(0, 100))
    return RelancePolicy(
        nom=draw(words), scenarios=every, derogations=draw(st.lists(derogations(known), max_size=2)),
        releve_max_jours_ouvres=draw(st.integers(0, 60)), retour_max_jours_ouvres=draw(st.integers(0, 60)),
        cout_minute_cents=draw(st.integers(0, 100_000)), gain_min_cents=draw(cents),
        reponse_jours=draw(st.integers(1, 365)),
        forclusion=Horizon(urgent=urgent, bientot=urgent + draw(st.integers(0, 100))),
    )  # fmt: skip


@settings(max_examples=50)
@given(policies())
def test_any_policy_round_trip(tmp_path_factory, policy):
    """
    What is written is read back equal, and written again the same.
    """
    path = tmp_path_factory.mktemp("politique") / "politique.toml"
    write_policy(policy, path)
    assert policy == read_policy(path)
    assert path.read_text("utf-8") == policy_to_toml(read_policy(path))


def test_standard_policy(tmp_path):
    """
    The policy of the library is written with the meaning of each key before its first use, and once.
    """
    path = tmp_path / "politique.toml"
    write_policy(RelancePolicy.standard(), path)
    text = path.read_text("utf-8")
    assert RelancePolicy.standard() == read_policy(path)
    assert 1 == text.count("# Nom court, unique dans le scénario")
    assert 1 == text.count("# Les étapes, dans leur ordre.\n[[scenarios.paliers]]")
    assert all(len(line) <= 120 for line in text.splitlines())


def test_words_are_those_of_the_types():
    """
    Each key of each table is explained, and nothing else is.
    """
    kinds = {
        "politique": RelancePolicy, "scenarios": Scenario, "scenarios.paliers": Palier,
        "scenarios.paliers.delai": Delai, "forclusion": Horizon, "derogations": Derogation,
    }  # fmt: skip
    assert {table: {field.name for field in attrs.fields(kind)} for table, kind in kinds.items()} == {
        table: set(words) for table, words in words_of_policy().items()
    }


@pytest.mark.parametrize(
    ("name", "words", "enum"),
    [
        ("scenarios", "debiteur", TypeDebiteur),
        ("scenarios", "porteuse", Porteuse),
        ("scenarios.paliers", "canal", Canal),
        ("scenarios.paliers", "delai", Depart),
        ("scenarios.paliers", "delai", Unite),
    ],
)
def test_words_list_every_value(name, words, enum):
    """
    The meaning of a key that takes one word of a list tells all of them.
    """
    assert all(each.value in words_of_policy()[name][words] for each in enum)


def changed(old, new):
    text = policy_to_toml(RelancePolicy.standard())
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lambda: changed('canal = "portail"', 'canal = "pigeon"'),
         ("expected one of portail, email, telephone, lettre, recommande, recouvrement "
         "@ p.toml.scenarios[0].paliers[0].canal")),
        (lambda: changed("espoir = 30", "espoir = 130"), "espoir: expected 0 to 100 @ p.toml.scenarios[0].paliers[0]"),
        (lambda: changed("releve_max_jours_ouvres = 3", 'releve_max_jours_ouvres = "3"'),
         "expected int, got str @ p.toml.releve_max_jours_ouvres"),
        (lambda: changed("releve_max_jours_ouvres = 3", "releve_max_jours_ouvres = true"),
         "expected int, got bool @ p.toml.releve_max_jours_ouvres"),
        (lambda: changed("repos_jours = 7", "repo = 7"),
         "Extra fields in constructor for Scenario: repo @ p.toml.scenarios[0]"),
        (lambda: changed('code = "reclamation"', 'code = "verification"'),
         "paliers: 'verification' stands twice @ p.toml.scenarios[0]"),
        (lambda: changed('"lundi", ', '"lundi", "lundi", '), "jours: 'lundi' stands twice @ p.toml.scenarios[0]"),
        (lambda: changed('jours = ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]', 'jours = "lundi"'),
         "expected a list, got str @ p.toml.scenarios[0].jours"),
        (lambda: changed('debiteur = "amc"', 'debiteur = "amo"'), "scenarios: 'amo' stands twice @ p.toml"),
        (lambda: changed("urgent = 60", "urgent = 600"),
         "urgent: expected at most bientot, 180, got 600 @ p.toml.forclusion"),
        (lambda: policy_to_toml(RelancePolicy.standard()) + '[[derogations]]\nofficine = "9"\npaliers = ["autre"]\n',
         "derogations: no palier 'autre' @ p.toml"),
        (lambda: policy_to_toml(RelancePolicy.standard()) + '[[derogations]]\nfacture = "1"\n',
         "facture: expected with its officine and its lot @ p.toml.derogations[0]"),
        (lambda: 'nom = "x"\n', "required key missing @ p.toml.scenarios"),
        (lambda: 'nom = "x"\nscenarios = []\n', "scenarios: expected one at least @ p.toml"),
        (lambda: 'nom = "x"\nscenarios = 3\n', "expected a list, got int @ p.toml.scenarios"),
        (lambda: "nom = \n", "p.toml: Invalid value (at line 1, column 7)"),
    ],
)  # fmt: skip
def test_policy_that_cannot_be(tmp_path, text, words):
    """
    Refused whole, with the file, the table and the key; whoever had a policy still has it.
    """
    path = tmp_path / "p.toml"
    path.write_text(text(), encoding="utf-8")
    with pytest.raises(LayoutError) as refused:
        read_policy(path)
    assert words in str(refused.value).splitlines()


def test_every_fault_at_once(tmp_path):
    """
    One line per fault: a file is corrected once.
    """
    path = tmp_path / "p.toml"
    path.write_text(
        changed("releve_max_jours_ouvres = 3", 'releve_max_jours_ouvres = "3"').replace(
            "minutes = 3", "minutes = -1", 2
        ),
        "utf-8",
    )
    with pytest.raises(LayoutError) as refused:
        read_policy(path)
    assert 3 == len(str(refused.value).splitlines())


def test_indemnity_of_a_patient(tmp_path):
    """
    A policy that claims the indemnity from patients is refused (code de la consommation L121-21; CPCE L111-8).
    """
    data = tomllib.loads(policy_to_toml(RelancePolicy.standard()))
    rank = [scenario["debiteur"] for scenario in data["scenarios"]].index("patient")
    parts = policy_to_toml(RelancePolicy.standard()).split("indemnite = false")
    path = tmp_path / "p.toml"
    path.write_text(
        "indemnite = false".join(parts[: rank + 1]) + "indemnite = true" + parts[rank + 1], encoding="utf-8"
    )
    with pytest.raises(LayoutError, match="indemnite"):
        read_policy(path)


def test_file_that_cannot_be(tmp_path):
    """
    A missing file, a folder, a text that is none: an error of the library, and the file that was there stays.
    """
    with pytest.raises(SourceError):
        read_policy(tmp_path / "absent.toml")
    with pytest.raises(SourceError):
        write_policy(RelancePolicy.standard(), tmp_path / "absent" / "p.toml")
    path = tmp_path / "p.toml"
    write_policy(RelancePolicy.standard(), path)
    with pytest.raises(PolicyError):
        write_policy(attrs.evolve(RelancePolicy.standard(), nom="\ud800"), path)
    assert RelancePolicy.standard() == read_policy(path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError):
        write_policy(RelancePolicy.standard(), tmp_path / "folder")
    assert {"p.toml", "folder"} == {each.name for each in tmp_path.iterdir()}


def test_permissions_of_a_file(tmp_path):
    """
    A file that is written again keeps who may read it; a new one is as any other, since a policy names nobody.
    """
    path = tmp_path / "p.toml"
    (tmp_path / "autre").touch()
    write_policy(RelancePolicy.standard(), path)
    assert (tmp_path / "autre").stat().st_mode == path.stat().st_mode
    path.chmod(0o640)
    write_policy(RelancePolicy.standard(), path)
    assert 0o640 == path.stat().st_mode & 0o777


def test_page_of_the_files():
    """
    docs/reference/dunning-files.md is what the readers say; `python -m tests.dunning.fichiers_page` writes it anew.
    """
    assert page() == PAGE.read_text(encoding="utf-8")
