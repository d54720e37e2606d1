"""Templates: those of the library, and what a template of somebody else may not do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import attrs
import pytest
from tests.dunning.courriers_exemples import insurer, patient, professional

from tiers_payant.domain import Canal, Courrier, ModeleSpec, RelancePolicy, TypeDebiteur
from tiers_payant.dunning.lettres import check_modele, load_modeles, merge_modeles, read_modeles
from tiers_payant.dunning.lettres._modeles import fill
from tiers_payant.dunning.lettres._page import compose
from tiers_payant.errors import LayoutError, LetterError, SourceError

MAKERS: dict[str, Callable[..., Courrier]] = {"patient": patient, "organisme": insurer, "professionnel": professional}


def modele(corps: str, objet: str = "Objet", **fields) -> ModeleSpec:
    return ModeleSpec(name="essai", objet=objet, corps=corps, **fields)


def body(corps: str, courrier=None) -> str:
    return fill(courrier or patient(), modele(corps))[1]


def test_every_step_of_the_standard_policy_has_its_template():
    """
    No contact that the standard policy plans lacks words, and no word is for a step that is in none.
    """
    policy = RelancePolicy.standard()
    wanted = {palier.modele for scenario in policy.scenarios for palier in scenario.paliers}
    assert wanted == set(load_modeles())


@pytest.mark.parametrize("name", sorted(load_modeles()))
def test_templates_of_the_library_are_sound(name):
    """
    Each is checked as a vendor's is, says its source, and is for the kind of debtor that its scenario reminds.
    """
    spec = load_modeles()[name]
    check_modele(spec)
    assert spec.source
    insurers = (TypeDebiteur.AMO, TypeDebiteur.AMC)
    wanted = {"organisme": insurers, "patient": (TypeDebiteur.PATIENT,), "professionnel": (TypeDebiteur.PROFESSIONNEL,)}
    assert wanted.get(name.partition("_")[0], ()) == spec.types


@pytest.mark.parametrize("name", sorted(set(load_modeles()) - {"remise_recouvrement"}))
def test_every_letter_says_what_to_do_and_how_to_answer(name):
    """
    A letter gives its sum, a way to say that it is paid already, and never speaks of what was dispensed.
    """
    kind = name.partition("_")[0]
    page = compose(MAKERS[kind](modele=name), load_modeles()[name])
    words = " ".join(text for bloc in page.blocs for text in bloc.textes)
    assert any(bloc.sorte == "tableau" for bloc in page.blocs)
    assert any(
        word in words
        for word in (
            "vient d’être émis",
            "a été émis",
            "réglé",
            "vient de partir",
            "croisé",
            "déjà en cours",
            "venez de régler",
        )
    )
    assert [] == [
        word for word in ("ordonnance", "médicament", "maladie", "traitement médical") if word in words.lower()
    ]


@pytest.mark.parametrize("name", [name for name in sorted(load_modeles()) if name.endswith("mise_en_demeure")])
def test_mise_en_demeure_is_a_sufficient_summons(name):
    """
    It asks for a sum by a day, says that it is a summons (code civil 1344) and what runs from it (1231-6, 1344-1), and
    splits the sum.
    """
    courrier = MAKERS[name.partition("_")[0]](modele=name, canal=Canal.RECOMMANDE)
    page = compose(courrier, load_modeles()[name])
    words = " ".join(text for bloc in page.blocs for text in bloc.textes).replace("\u00a0", " ")
    for expected in ("mett", "mise en demeure", "1344", "1231-6", "1344-1", "17 mars 2026"):
        assert expected in words
    assert any(bloc.sorte == "sommes" for bloc in page.blocs)


@pytest.mark.parametrize("name", [name for name in sorted(load_modeles()) if name.startswith("patient")])
def test_patient_is_told_that_no_fee_is_asked(name):
    """
    Law: CPCE L111-8, code de la consommation L121-21. Instalments and a mistake on our side are thought of too.
    """
    page = compose(patient(modele=name), load_modeles()[name])
    words = " ".join(text for bloc in page.blocs for text in bloc.textes)
    assert "aucuns frais" in words.lower() or "jamais de frais" in words
    assert "en plusieurs fois" in words or "échéancier" in words
    assert "indemnité" not in words.lower()


UNKNOWN = {
    "{{ nir }}": "no field 'nir'",
    "{{ destinataire.nir }}": "no field 'destinataire.nir'",
    "{{ entete.adresse.cedex }}": "no field 'entete.adresse.cedex'",
    "{% for ligne in lignes %}{{ ligne.acte }}{% endfor %}": "no field 'ligne.acte'",
    "{% if lignes %}{{ lot }}{% endif %}": "no field 'lot'",
    "{% if false %}{{ acte }}{% endif %}": "no field 'acte'",
    "{{ total_cents | monnaie }}": "no filter 'monnaie'",
    "{{ total_cents }}": "total_cents is a sum: write `| euros`",
    "{{ le }}": "le is a day: write `| jour`",
    "{{ entete }}": "entete is no text",
    "{{ lignes }}": "lignes is a sequence",
    "{{ entete.logo }}": "entete.logo cannot be printed",
    "{{ mise_en_demeure }}": "mise_en_demeure cannot be printed",
    "{{ destinataire.adresse.ville }}": "destinataire.adresse may be missing",
    "{% for ligne in lignes %}{{ ligne.date | jour }}{% endfor %}": "ligne.date may be missing",
    "{{ niveau | euros }}": "euros: expected cents",
    "{{ entete.nom | jour }}": "jour: expected jour",
    "{{ lignes | length | pluriel('facture') }}": "pluriel: expected nombre and 2 texts",
    "{% for un in entete %}{% endfor %}": "entete is no sequence",
    "{% for le in lignes %}{% endfor %}": "le is taken",
    "{% for a, b in lignes %}{% endfor %}": "does not fit",
    "{% if le == 'lundi' %}x{% endif %}": "not alike",
    "{{ 'a' if niveau > 1 }}": "`if` without `else`",
    "{% if x": "line 1",
    "{{ (total_cents + niveau) | euros }}": "a sum of things that are not alike",
    "{{ 1.5 }}": "`const` is not for a template",
    "{{ entete.adresse.ville.commune }}": "no field 'entete.adresse.ville.commune'",
    "{% if destinataire.adresse %}{% else %}{{ destinataire.adresse.ville }}{% endif %}": "may be missing",
    "{{ loop.index }}": "no field 'loop'",
}


@pytest.mark.parametrize("corps", UNKNOWN)
def test_fault_is_found_when_the_template_is_loaded(corps):
    """
    An unknown field, a filter that is none, a value that would print badly: refused at load, with the line.
    """
    with pytest.raises(LetterError, match=r"^essai\.corps: line 1: ") as told:
        check_modele(modele(corps))
    assert UNKNOWN[corps] in str(told.value)


ATTACKS = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ destinataire.__class__ }}",
    "{{ entete.__init__.__globals__ }}",
    "{{ lignes.__len__() }}",
    "{{ lignes[0].facture.__class__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ range(10) }}",
    "{{ '%s' % entete.nom }}",
    "{{ 'x' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ entete.nom.format }}",
    "{{ entete['nom'] }}",
    "{{ entete | attr('nom') }}",
    "{{ lignes | map(attribute='facture') }}",
    "{% set x = entete %}",
    "{% macro f() %}{% endmacro %}",
    "{% import 'os' as os %}",
    "{% include '/etc/passwd' %}",
    "{% extends 'base' %}",
    "{% block x %}{% endblock %}",
    "{% filter upper %}{% endfilter %}",
    "{% call x() %}{% endcall %}",
    "{% with a = 1 %}{% endwith %}",
    "{% autoescape false %}{% endautoescape %}",
    "{% for x in lignes recursive %}{{ loop(x) }}{% endfor %}",
    "{% for x in lignes if x.facture.__class__ %}{% endfor %}",
    "{{ entete.nom is mapping }}",
    "{{ entete.nom ~ 1.5 }}",
)


@pytest.mark.parametrize("corps", ATTACKS)
def test_template_cannot_reach_python(corps):
    """
    Nothing but fields, filters, `if` and `for` passes: what could leave the sandbox is refused before it runs.
    """
    with pytest.raises(LetterError):
        check_modele(modele(corps))


@pytest.mark.parametrize("objet", ["{{ destinataire.nom }}", "{{ tableau }}", "{{ sommes }}",
                                   "{% for ligne in lignes %}{{ ligne.facture }}{% endfor %}"])  # fmt: skip
def test_subject_says_neither_for_whom_nor_of_what(objet):
    """
    A subject is read at a glance: it may count factures, never name them, nor the person.
    """
    with pytest.raises(LetterError, match=r"^essai\.objet: "):
        check_modele(modele("Bonjour", objet=objet))


@pytest.mark.parametrize(
    ("corps", "expected"),
    [
        ("{{ total_cents | euros }}", "36,25\u00a0€"),
        ("{{ le | jour }}", "2\u00a0mars\u00a02026"),
        ("{{ entete.iban | iban }}", "FR35\u00a09999\u00a09000\u00a00100\u00a00000\u00a00000\u00a0A15"),
        ("{{ lignes | length | pluriel('facture', 'factures') }}", "2\u00a0factures"),
        ("{% if destinataire.adresse %}{{ destinataire.adresse.ville }}{% endif %}", "Exempleville"),
        ("{% if niveau > 1 and destinataire.adresse %}{{ destinataire.adresse.ville }}{% endif %}", "Exempleville"),
        ("{{ (total_cents - principal_cents) | euros }}", "0,00\u00a0€"),
        ("{{ entete.nom if mise_en_demeure else entete.bic }}", "EXMPFRPPXXX"),
        ("{% if type == 'patient' %}oui{% elif niveau == 9 %}9{% else %}non{% endif %}", "oui"),
        ("{% for ligne in lignes %}{{ loop.index }}:{{ ligne.facture }} {% endfor %}", "1:000100037 2:000100074 "),
        ("{% for quand, moyen in precedents %}{{ moyen }} {{ quand | jour }};{% endfor %}",
         "courriel 5\u00a0janvier\u00a02026;appel téléphonique 26\u00a0janvier\u00a02026;"),
        ("Quoi : « ceci » !", "Quoi\u00a0: «\u00a0ceci\u00a0»\u00a0!"),
    ],
)  # fmt: skip
def test_template_is_filled(corps, expected):
    """
    Fields, filters, conditions and loops give what they say, with French spaces.
    """
    assert expected == body(corps)


def test_name_that_looks_like_a_template_is_only_a_name():
    """
    What is filled in is never read as a template.
    """
    who = attrs.evolve(patient().destinataire, nom="{{ 7*7 }} {% if x %}")
    assert "{{ 7*7 }} {% if x %}" == body("{{ destinataire.nom }}", patient(destinataire=who))


def test_template_for_somebody_else_is_refused():
    """
    Words for professionals never reach a patient, whatever a policy says.
    """
    with pytest.raises(LetterError, match="is for professionnel, not patient"):
        fill(patient(), load_modeles()["professionnel_relance"])


@pytest.mark.parametrize(("objet", "corps"), [("{% if mise_en_demeure %}x{% endif %}", "Bonjour"), ("Objet", " \n ")])
def test_letter_without_words_is_refused(objet, corps):
    """
    A subject or a body that comes out empty is no letter.
    """
    with pytest.raises(LetterError, match="empty"):
        fill(patient(), modele(corps, objet=objet))


def test_templates_are_read_from_a_file(tmp_path):
    """
    A file brings templates under its own name, or under that of whoever brings it.
    """
    path = tmp_path / "miens.toml"
    path.write_text('[[modeles]]\nnom = "essai"\nobjet = "Objet"\ncorps = "Bonjour {{ destinataire.nom }}"\n', "utf-8")
    (spec,) = read_modeles(path)
    assert ("essai", "miens.toml") == (spec.name, spec.provider)
    assert "lgo" == read_modeles(path, provider="lgo")[0].provider


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[[modeles]]\nnom = 'a'\n", LayoutError, r"miens\.toml\.modeles\[0\]\.objet"),
        ("[[modeles]]\nnom = 'a'\nobjet = 'o'\ncorps = 'c'\nsujet = 's'\n", LayoutError, r"miens\.toml\.modeles\[0\]"),
        (
            "[[modeles]]\nnom = 'a'\nobjet = 'o'\ncorps = '{{ acte }}'\n",
            LetterError,
            r"a\.corps: line 1: no field 'acte'",
        ),
        ("[[modeles]]\nnom = 'a'\nobjet = 'o'\ncorps = 'c'\n" * 2, LayoutError, "'a' stands twice"),
        ("modeles", LayoutError, r"miens\.toml"),
    ],
)
def test_file_of_templates_at_fault_says_where(tmp_path, text, error, words):
    """
    A missing field, an unknown one, a name twice, a template at fault: the file and the place are told.
    """
    path = tmp_path / "miens.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(error, match=words):
        read_modeles(path)


def test_file_of_templates_that_is_missing_says_so(tmp_path):
    """
    No file, no template.
    """
    with pytest.raises(SourceError):
        read_modeles(tmp_path / "absent.toml")


def test_two_that_bring_one_template_contradict_each_other():
    """
    Both providers are named; one alone takes the place of the library's.
    """
    mine = ModeleSpec(name="patient_rappel", objet="o", corps="c", provider="lgo-a")
    assert mine == merge_modeles([mine])["patient_rappel"]
    assert len(load_modeles()) == len(merge_modeles([mine]))
    with pytest.raises(LetterError, match="'patient_rappel' is brought twice, by lgo-a and lgo-b"):
        merge_modeles([mine, attrs.evolve(mine, provider="lgo-b")])


def test_letters_load_nothing_until_they_are_written():
    """
    Whoever imports the package, or plans, pays for neither Jinja2 nor Typst.
    """
    program = "import sys, tiers_payant.dunning.lettres; print(sorted({'jinja2', 'typst'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize("corps", ["Frais de dossier : 40 €", "40 euros", "12,50\u00a0EUR", "€ 40", "1 000€"])
@pytest.mark.parametrize("types", [(), ("patient",)], ids=["anybody", "patient"])
def test_amount_written_by_hand_is_not_for_a_patient(corps, types):
    """
    Sums come from fields: no fee slips into the letter of a patient. A customer who is none may be told of one.
    """
    kinds = tuple(map(TypeDebiteur, types))
    with pytest.raises(LetterError, match=r"essai\.corps: line 2: an amount written by hand"):
        check_modele(modele("Bonjour\n" + corps, types=kinds))
    check_modele(modele(corps, types=(TypeDebiteur.PROFESSIONNEL,)))
