"""Policies as TOML files: read strictly, written so that a person can change them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from tiers_payant.domain._donnees import read_builtin, read_path, structure
from tiers_payant.domain._ecrire import write_whole
from tiers_payant.domain._scenarios import RelancePolicy
from tiers_payant.domain._source import printable
from tiers_payant.domain._toml import to_toml
from tiers_payant.errors import PolicyError

__all__ = ["policy_to_toml", "read_policy", "words_of_policy", "write_policy"]

_TOP = "politique"


def read_policy(path: str | Path) -> RelancePolicy:
    """Read a policy from a TOML file, with the keys of `RelancePolicy`; see `words_of_policy` for what each means.

    What a key leaves out has its default. A key that does not exist, a value of another type or out of bounds, a
    scenario without a step: nothing of the file is kept, and whoever had a policy still has it.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: It is no TOML, or no policy: one line per fault, with the file, the table (from 0) and the key; for
            a list of words, those that are expected.
    """
    file = Path(path)
    return structure(read_path(file), RelancePolicy, printable(file.name))


def write_policy(policy: RelancePolicy, path: str | Path) -> None:
    """Write a policy as `read_policy` reads it, each key explained in French where it comes first.

    One policy is one text, byte for byte. The file is whole or as it was before.

    Raises:
        SourceError: The file cannot be written.
        PolicyError: A text of the policy is none that UTF-8 can write.
    """
    try:
        data = policy_to_toml(policy).encode("utf-8")
    except UnicodeEncodeError:
        raise PolicyError("a text of the policy holds half of a character") from None
    write_whole(Path(path), data, private=False)


def policy_to_toml(policy: RelancePolicy) -> str:
    """Return the text that `write_policy` writes.

    >>> print(policy_to_toml(RelancePolicy.standard()).splitlines()[1])
    nom = "standard"
    """
    comments = {"" if table == _TOP else table: words for table, words in words_of_policy().items()}
    data = _plain(policy)
    # An empty list would forbid the tables that somebody adds below it.
    return to_toml({key: value for key, value in data.items() if value != []}, comments)


@cache
def words_of_policy() -> Mapping[str, Mapping[str, str]]:
    """Return what each key of a policy file means, in French, by table; the top is `politique`.

    >>> words_of_policy()["forclusion"]["urgent"]
    'Jours restants à partir desquels elle presse.'
    """
    data = read_builtin("cles_politique.toml")
    return MappingProxyType({table: MappingProxyType(words) for table, words in data.items()})


def _plain(value: Any) -> Any:
    """Return attrs objects as tables, enumerations as their words."""
    if attrs.has(type(value)):
        return {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, Enum):
        return value.value
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
