"""Faults of the tables that people give, in the words of the screen; the library tells them in English."""

from __future__ import annotations

import re
from collections.abc import Callable

from tiers_payant.cli._fautes_lettres import LETTRES

__all__ = ["fault_in_french"]

_TYPES = {
    "int": "un entier", "str": "un texte", "bool": "true ou false", "float": "un nombre à virgule", "list": "une liste",
    "dict": "une table", "date": "une date", "datetime": "une date et une heure", "time": "une heure",
}  # fmt: skip


def _jour(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _types(found: re.Match[str]) -> str:
    wanted, got = (_TYPES.get(name, name) for name in found.groups())
    return f" : {wanted} attendu, lu {got}".replace("une date attendu,", "une date attendue,")


_IN_FRENCH: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # tables in a spreadsheet
    (r"expected UTF-8, got UTF-16: .*", " : texte en UTF-16 ; enregistrez-le en CSV UTF-8"),
    (r"expected UTF-8, or Windows-1252 .*", " : signes ni UTF-8 ni Windows-1252 ; enregistrez-le en CSV UTF-8"),
    (r"empty", " : fichier vide"),
    (r"a NUL is no text", " : un octet nul n'est pas du texte"),
    (r"expected (\d+) cells, got (\d+)", r" : \1 cellules attendues, lu \2"),
    (r"this column stands twice", " : colonne présente deux fois"),
    (r"this column is missing", " : il manque cette colonne"),
    (r"no column of a [\w ]+; did you mean (\w+)\?", r" : colonne inconnue ; vouliez-vous dire \1 ?"),
    (r"no column of a [\w ]+: one of (.*)", r" : colonne inconnue, parmi \1"),
    (r"quotes that do not close, .*", " : guillemets non fermés ou cellule trop longue ; la suite n'a pas pu être lue"),
    (r"and (\d+) more", r" : et \1 autres fautes"),
    (r"longer than (\d+) bytes", r" : plus de \1 octets, bien trop long pour une telle table"),
    # their cells
    (
        r"expected a date AAAA-MM-JJ or JJ/MM/AAAA, got '(.*)'",
        r" : date JJ/MM/AAAA ou AAAA-MM-JJ attendue ; lu « \1 »",
    ),
    (r"expected 1 to (\d+) ASCII characters, got '(.*)'", r" : 1 à \1 signes sans accent attendus ; lu « \2 »"),
    (
        r"expected a code of 1 to (\d+) ASCII signs, got '(.*)'",
        r" : code de 1 à \1 signes sans accent attendu ; lu « \2 »",
    ),
    (r"expected a name of 1 to (\d+) characters, got '(.*)'", r" : nom de 1 à \1 signes attendu ; lu « \2 »"),
    (
        r"expected \*, AMO, AMC, or a kind of sender such as (\w+) or ([\w:]+), got '(.*)'",
        r" : *, AMO, AMC ou un type d'émetteur attendu, comme \1 ou \2 ; lu « \3 »",
    ),
    (r"expected H, M or L, got '(.*)'", r" : H, M ou L attendu ; lu « \1 »"),
    (r"expected a family, got ''.*", " : famille attendue ; tiers-payant rejets --familles-liste les montre"),
    (
        r"expected a family, got '(.*)'; did you mean (.*)\?",
        r" : famille inconnue « \1 » ; vouliez-vous dire \2 ?",
    ),
    (
        r"expected a family, got '(.*)': one of .*",
        r" : famille inconnue, lu « \1 » ; --familles-liste les montre toutes",
    ),
    (r"(?:au )?comes before du", " : au est avant du"),
    (
        r"this scope and code are in force on days of line (\d+) too",
        r" : même portée et même code que la ligne \1, aux mêmes jours",
    ),
    (r"(\w+) is never sent again: (\w+) or (\w+), .*", r" : \1 ne se renvoie jamais, \2 ou \3 seulement"),
    (r"another operator for the facture of line (\d+)", r" : un autre opérateur que la ligne \1 pour la même facture"),
    # tables in TOML
    (r"not UTF-8", " : texte à enregistrer en UTF-8"),
    (r"a number or a nesting beyond all measure", " : un nombre ou des crochets hors de toute mesure"),
    (r"unknown family, expected one of .*", " : famille inconnue ; --familles-liste les montre toutes"),
    (r"never sent again", " : cette famille ne se renvoie jamais"),
    (r"expected a table", " : table attendue"),
    (r"required key missing", " : il manque cette clé"),
    (r"Extra fields in constructor for \w+: (.*)", r" : clés inconnues, \1"),
    (r"'(\w+)' must be >= (\d+): -?\d+", r" : \1 doit valoir au moins \2"),
    (r"'(\w+)' must be <= (\d+): \d+", r" : \1 doit valoir au plus \2"),
    (r"expected a percentage, 0 to 100", " : pourcentage attendu, de 0 à 100"),
    (
        r"expected capitals and digits, single spaces between, got (.*)",
        r" : capitales sans accent et chiffres attendus ; lu \1",
    ),
    (r"expected A, B or C, got (.*)", r" : A, B ou C attendu ; lu \1"),
    (r"(\S+) is before (\S+)", r" : \1 est avant \2"),
    (r"(.+) names two payers on the same day, (.+) and (.+)", r" : \1 désigne deux payeurs le même jour, \2 et \3"),
    (r"expected (\w+), got (\w+)", _types),
    # decisions
    (r"expected a JSON document(?: in UTF-8)?", " : document JSON en UTF-8 attendu"),
    (r"expected a document of schema (\S+), with .*", r" : document de schéma \1 attendu, avec la liste decisions"),
    (r"expected one of (.*?), got '(.*)'", r" : valeurs possibles : \1 ; lu « \2 »"),
    (r"expected one of (.*)", r" : valeurs possibles : \1"),
    (r"expected an amount such as .*, got '(.*)'", r" : montant attendu, comme 1234,50 ; lu « \1 »"),
    (r"expected more than 0(?:, got '.*')?", " : plus de 0 attendu"),
    (r"expected a last day: \w+ ends by itself", " : dernier jour attendu, ce type de suspension finit de lui-même"),
    (r"never claimed from a patient .*", " : jamais réclamée à un patient (code de la consommation, L121-21)"),
    (r"expected (\d+) to (\d+)", r" : de \1 à \2 attendu"),
    (r"expected one at least(?:; .*)?", " : une entrée au moins est attendue"),
    (r"(\d+) cents in all, expected (\d+)", r" : \1 centimes en tout, \2 attendus"),
    (r"expected in order of day, none before the agreement", " : dans l'ordre des jours, aucune avant l'accord"),
    (r"expected an IBAN", " : IBAN incorrect"),
    (r"expected identifiers, each once", " : identifiants attendus, chacun une fois"),
    (r"expected a text", " : texte attendu"),
    (r"expected a date(?: YYYY-MM-DD)?", " : date attendue, AAAA-MM-JJ"),
    (r"a refusal names one .*", " : un refus nomme un seul groupe et un seul virement"),
    (r"several bank lines cannot .*", " : plusieurs virements et plusieurs groupes ne se lient pas d'un coup"),
    # history of reminders
    (
        r"a run of a later day is there, of (\S+): none is made for (\S+)",
        lambda found: (
            f" : des relances y sont déjà enregistrées au {_jour(found[1])} ; "
            f"aucune n'est faite pour le {_jour(found[2])}"
        ),
    ),
    (
        r"another run is at work \(process (\d+)\)",
        r" : un autre envoi est en cours (processus \1) ; réessayez quand il est fini",
    ),
    (
        r"another run is at work, or was cut short; .*",
        " : un autre envoi est en cours, ou s'est interrompu ; si aucun ne l'est, supprimez ce fichier",
    ),
    (
        r"a run was cut short \(process (\d+) is gone\); delete this file",
        r" : un envoi s'est interrompu (le processus \1 n'existe plus) ; supprimez ce fichier, puis recommencez",
    ),
    (
        "the plan was made without the history of this folder",
        " : le plan a été fait sans l'historique de ce dossier ; donnez-le aussi par --historique",
    ),
    (r"no journal '(.*)'; did you mean '(.*)'\?; known: .*", r" : journal inconnu « \1 » ; vouliez-vous dire \2 ?"),
    (r"no journal '(.*)'; known: (.*)", r" : journal inconnu « \1 », parmi \2 ; son greffon est-il installé ?"),
    (
        r"its history is kept by the journal '(.*)', not by '(.*)'",
        r" : c'est le journal \1 qui tient l'historique de ce dossier, pas \2 ; donnez --journal \1",
    ),
    (r"expected the name of a journal, and a day", " : nom d'un journal et jour attendus ; ce fichier a été modifié"),
    (r"(\w+) failed \((\w+)\)", r" : arrêté sur une erreur (\1, \2)"),
    (r"open: expected a Journal, got (\w+)", r" : autre chose qu'un journal a été donné (\1)"),
    (r"runs: expected a date and a text, got (\w+)", r" : un jour et un texte attendus, lu \1"),
    (r"runs: gives two runs of (\S+)", lambda found: f" : le {_jour(found[1])} y est deux fois"),
    (r"runs: gives runs out of the order of days", " : ses jours ne sont pas dans l'ordre"),
    (
        r"runs: the run of (\S+) was recorded, and is not there",
        lambda found: f" : les relances du {_jour(found[1])}, qui y étaient, n'y sont plus ; retrouvez sa sauvegarde",
    ),
    (
        r"record: the run of (\S+) is not given back as it was recorded",
        lambda found: f" : les relances du {_jour(found[1])} n'ont pas été gardées telles quelles",
    ),
    (r"politique: expected a text that UTF-8 can hold", " : le nom de la politique ne peut pas être écrit"),
    (r"expected a document of schema (\S+)", r" : document de schéma \1 attendu"),
    (r"expected the day that its name tells", " : ce n'est pas le jour que dit son nom"),
    (r"no such day", " : ce jour n'existe pas"),
    (r"stands twice", " : présent deux fois"),
    (r"expected a text without accents", " : texte sans accent attendu"),
    (r"expected a bank line, or else claims or a debtor", " : un virement, ou bien des créances ou un débiteur"),
    (r"expected none for a bank line, .*", " : rien à écrire ici pour un virement, qui ne retient alors plus rien"),
    (r"expected an officine, and a debtor or a facture", " : une officine, et un débiteur ou une facture"),
    (r"expected with its lot", " : son lot doit être donné aussi"),
    (r"(?:au )?comes before le", " : au est avant le"),
    (r"expected cents", " : centimes attendus, entiers"),
    (r"expected true or false", " : true ou false attendu"),
    (r"expected a claim at least", " : une créance au moins est attendue"),
    (r"expected who decided", " : il manque qui a décidé"),
    (r"expected (choix, .*)", r" : attendu, \1"),
    *LETTRES,
)


def fault_in_french(fault: str) -> str:
    """Return one line of an error, its place first; the words as they are when they are none that we know."""
    words, at, place = fault.rpartition(" @ ")
    line = f"{place}: {words}" if at else f": {fault}" if ": " not in fault else fault
    line = re.sub(r"^([^\n]*?): .*\(at line (\d+), column (\d+)\)$", r"\1:\2:\3 : TOML incorrect à cet endroit", line)
    line = re.sub(r"^([^\n]*?): .*\(at end of document\)$", r"\1 : TOML incorrect à la fin du fichier", line)
    for english, french in _IN_FRENCH:
        for told in (line, f": {line}"):  # words that hold a colon may have no place before them
            said, done = re.subn(f": {english}$", french, told, count=1)
            if done:
                return said.removeprefix(" : ").removeprefix(": ")
    return line.removeprefix(" : ").removeprefix(": ")
