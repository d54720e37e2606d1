"""Why a letter cannot be written, in the words of the screen; the library tells it in English."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["LETTRES"]


def _pour(found: re.Match[str]) -> str:
    return f" : le modèle « {found[1]} » est pour {found[2].replace(' or ', ' ou ')}, et non {found[3]}"


def _deux(what: str) -> Callable[[re.Match[str]], str]:
    def said(found: re.Match[str]) -> str:
        return f" : {what} « {found[1]} » est fourni deux fois, par {found[2].replace(' and ', ' et ')}"

    return said


_MODELES = (
    (r"no field '?([\w.]+)'?", r"aucun champ ne s'appelle \2"),
    (r"no filter '?(\w+)'?", r"aucun filtre ne s'appelle \2"),
    (r"([\w.]+) is a sum: write `\| euros`", r"\2 est une somme, écrivez \2 | euros"),
    (r"([\w.]+) is a day: write `\| jour`", r"\2 est un jour, écrivez \2 | jour"),
    (r"([\w.]+) may be missing: ask in an `{% if %}` first", r"\2 peut manquer, demandez-le d'abord par {% if \2 %}"),
    (r"([\w.]+) is no sequence to go through", r"\2 n'est pas une liste à parcourir"),
    (r"([\w.]+) is taken: the loop needs another name", r"\2 est déjà pris, donnez un autre nom à la boucle"),
    (r"(.+) is not for a template", r"\2 n'est pas permis dans un modèle"),
    (r"`if` without `else`", "un if sur une ligne demande un else"),
)
"""What a template may not say, and its words; the line is the first group."""

LETTRES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # templates
    (r"no template '(.*)'", r" : aucun modèle de lettre ne s'appelle « \1 »"),
    (r"the template '(.*)' is for (.*), not (.*)", _pour),
    (r"the template '(.*)' is brought twice, by (.*)", _deux("le modèle")),
    (
        r"line (\d+): an amount written by hand, in words for a patient",
        r" : ligne \1 du modèle, un montant écrit à la main ; celui d'un patient vient des champs",
    ),
    *((rf"line (\d+): {fault}", rf" : ligne \1 du modèle, {french}") for fault, french in _MODELES),
    (r"line (\d+): (.*)", r" : ligne \1 du modèle, incorrecte"),
    (
        r"the template '(.*)' leaves its subject or its body empty",
        r" : le modèle « \1 » laisse l'objet ou le corps vide",
    ),
    (r"a nesting beyond all measure", " : des crochets hors de toute mesure"),
    (r"loops, conditions or numbers beyond all measure", " : boucles, conditions ou nombres hors de toute mesure"),
    # who writes
    (r"no letterhead for (?:this|its) officine", " : il manque l'en-tête de cette officine"),
    (
        r"no e-mail in the letterhead of this officine, whose messages need one",
        " : l'en-tête de cette officine n'a pas d'adresse électronique, et ses courriels en demandent une",
    ),
    (r"two letterheads for the officine ([^:]+): give one", r" : deux en-têtes pour l'officine \1 : en donner un seul"),
    (r"the officine has no name that can be printed", " : le nom de l'officine est vide, ou ne peut pas être imprimé"),
    (
        r"the e-mail of the officine is missing, or is none",
        " : l'adresse électronique de l'officine manque, ou n'en est pas une",
    ),
    (
        r"iban: expected an IBAN whose key is right, for the officine (.*)",
        r" : IBAN incorrect dans l'en-tête de l'officine \1",
    ),
    (r"expected an IBAN whose key is right", " : IBAN incorrect"),
    # to whom
    (r"nobody is known to write to", " : aucun destinataire connu"),
    (
        r"the addressee has no name that can be printed",
        " : le nom du destinataire est vide, ou ne peut pas être imprimé",
    ),
    (r"no address to post it to", " : aucune adresse où l'envoyer"),
    (
        r"the address takes (\d+) lines, expected (\d+)",
        r" : l'adresse prend \1 lignes, et la fenêtre de l'enveloppe en montre \2",
    ),
    (r"its e-mail is missing, or is none", " : l'adresse électronique du destinataire manque, ou n'en est pas une"),
    (r"no telephone to call", " : aucun téléphone à appeler"),
    # who must not be written to
    (r"confidential care, or a death: no letter is written", " : soins confidentiels ou décès, aucune lettre"),
    (
        r"an insured's number is none of a person: no letter",
        " : un numéro d'assuré n'est pas celui d'une personne, aucune lettre",
    ),
    (
        r"a fictive number stands for confidential care: no letter",
        " : un numéro fictif cache des soins confidentiels, aucune lettre",
    ),
    # what is asked
    (
        r"the plan was made on other facts: what is owed is not what it says",
        " : le plan a été fait sur d'autres données ; refaites-le",
    ),
    (r"what it claims is not the sum of its claims", " : le montant réclamé n'est pas la somme de ses créances"),
    (r"principal_cents: not the sum of what is owed of its claims", " : le principal n'est pas la somme des créances"),
    (r"a letter needs a claim", " : une lettre réclame une créance au moins"),
    (r"interest without a mise en demeure before it", " : des intérêts sans mise en demeure avant eux"),
    (r"interets_cents: claimed without the rate that makes it", " : des intérêts sans leur taux"),
    (r"a facture has no number that can be printed", " : le numéro d'une facture ne peut pas être imprimé"),
    (r"a text of (\d+) characters, expected (\d+) at most", r" : un texte de \1 signes, \2 au plus"),
    (r"the policy '(.*)' has no scenario for (\w+)", r" : la politique « \1 » ne relance pas ce débiteur, \2"),
    (r"the policy '(.*)' has no such step", r" : la politique « \1 » n'a pas ce palier"),
    # files
    (r"relance: expected an id of letters, digits and dashes", " : référence de contact incorrecte"),
    (r"(\S+) and (\S+): one reference for two contacts", r" : \1 et \2 ont la même référence"),
    (r"no letter was made for it", " : aucune lettre n'a été produite"),
    (r"nobody makes (\w+)", r" : aucun module ne produit « \1 »"),
    (r"the renderer '(.*)' is brought twice, by (.*)", _deux("le module de lettres")),
    (
        r"the renderer '(.*)' of (.*): suffix: expected one like `\.pdf`",
        r" : le module de lettres « \1 » de \2 donne une fin de nom de fichier incorrecte",
    ),
    (r"two renderers make a file of one name", " : deux modules de lettres produisent un fichier de même nom"),
    (r"(\S+) of (.*): failed \((\w+)\)", r" : le module de lettres « \1 » de \2 a échoué (\3)"),
    (
        r"(\S+) of (.*): expected bytes, got nothing of the kind",
        r" : le module de lettres « \1 » de \2 n'a rien produit",
    ),
    (r"a file name that may tell something, or leave its folder", " : nom de fichier refusé"),
    (
        r"the extra `pdf` is not installed: .*",
        " : le module PDF n'est pas installé (pip install tiers-payant[pdf])",
    ),
    (
        r"cannot be printed: .*",
        " : impression impossible (signe absent de la police, adresse trop large, en-tête trop long, image illisible)",
    ),
)
