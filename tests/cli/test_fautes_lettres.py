"""Letters that cannot be written: each reason that the library can tell has its words in French."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tiers_payant as tp
from tiers_payant.cli._erreurs import told
from tiers_payant.cli._fautes import fault_in_french
from tiers_payant.domain import ModeleSpec
from tiers_payant.dunning.lettres import check_modele
from tiers_payant.errors import LetterError

SOURCES = Path(tp.__file__).parent
ENGLISH = re.compile(
    r"\b(the|expected|got|missing|must|is|not|and|or|of|in|too|longer|than|who|its|twice|before|cannot|failed|nobody"
    r"|known|address|telephone|letter|claims|needs|without|written|takes|lines)\b"
)


def words_of(node: ast.expr) -> str:
    """A text as the code builds it, `x1` in place of each value."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "x1" for part in node.values)


def raised() -> set[str]:
    """Every text that a `LetterError` is raised with, and every fault of `redaction_faults`."""
    found = set()
    for path in sorted({*SOURCES.rglob("*.py")} - {*SOURCES.glob("plugins/*.py")}):  # told to whoever writes a plugin
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            texts = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "LetterError":
                texts = node.args
            if isinstance(node, ast.Yield) and path.name == "_verification.py" and path.parent.name == "lettres":
                texts = [node.value] if node.value else []
            found |= {words_of(one) for one in texts if isinstance(one, ast.Constant | ast.JoinedStr)}
    return found


FAULTS = sorted(
    words.replace("takes x1 lines, expected x1", "takes 9 lines, expected 6")
    .replace("a text of x1 characters, expected x1", "a text of 2000 characters, expected 1000")
    .replace("line x1", "line 3").replace("x1: failed (x1)", "html of acme: failed (KeyError)")
    .replace("x1: expected bytes", "html of acme: expected bytes")
    .replace("template x1", "template 'x'").replace("policy x1", "policy 'x'").replace("renderer x1", "renderer 'x'")
    .replace("x1 is missing, or is none", "its e-mail is missing, or is none")
    for words in raised() if re.search(r"[a-z]{3}", words.replace("x1", ""))
)  # fmt: skip


def test_every_reason_is_looked_at():
    """
    A reader of the source that finds nothing would let anything pass.
    """
    assert len(FAULTS) > 30


@pytest.mark.parametrize("fault", [*FAULTS, "the e-mail of the officine is missing, or is none"])
def test_reason_is_told_in_french(fault):
    """
    What stops a letter is read by a pharmacist.
    """
    french = fault_in_french(fault)
    assert french != fault
    assert [] == ENGLISH.findall(french)


def test_faults_that_stop_every_letter_are_all_told():
    """
    One line each, in French, after what they mean.
    """
    status, lines = told(LetterError("999000019: no letterhead for this officine\namc.lettre: no template 'x'"))
    assert 3 == status
    assert (
        "lettres impossibles à écrire, rien n'est enregistré",
        "999000019 : il manque l'en-tête de cette officine",
        "amc.lettre : aucun modèle de lettre ne s'appelle « x »",
    ) == lines


@pytest.mark.parametrize(
    ("corps", "words"),
    [
        ("{{ prenom }}", "aucun champ ne s'appelle prenom"),
        ("{{ destinataire.prenom }}", "aucun champ ne s'appelle destinataire.prenom"),
        ("{{ total_cents }}", "total_cents est une somme, écrivez total_cents | euros"),
        ("{{ le }}", "le est un jour, écrivez le | jour"),
        ("{{ total_cents | dollars }}", "aucun filtre ne s'appelle dollars"),
        (
            "{{ destinataire.adresse.ville }}",
            "destinataire.adresse peut manquer, demandez-le d'abord par {% if destinataire.adresse %}",
        ),
        ("{% for x in total_cents %}{% endfor %}", "total_cents n'est pas une liste à parcourir"),
        ("{{ le | jour if entete.iban }}", "un if sur une ligne demande un else"),
        ("{{ total_cents() }}", "`call` n'est pas permis dans un modèle"),
        ("{% if le %}", "incorrecte"),
    ],
)
def test_fault_of_a_template_says_what_to_mend(corps, words):
    """
    The field, the filter or the form at fault; what is rarer has its line.
    """
    with pytest.raises(LetterError) as caught:
        check_modele(ModeleSpec(name="mien", objet="Rappel", corps=corps))
    assert f"mien.corps : ligne 1 du modèle, {words}" == fault_in_french(str(caught.value))
