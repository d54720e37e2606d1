"""A letter as an e-mail ready to be sent (RFC 5322): text and HTML alike, the bordereau attached; nobody sends it."""

from __future__ import annotations

import datetime as dt
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tiers_payant.domain import Courrier, ModeleSpec, email_parts
from tiers_payant.dunning.lettres._html import page_html
from tiers_payant.dunning.lettres._page import compose
from tiers_payant.dunning.lettres._tableaux import has_bordereau, render_bordereau
from tiers_payant.dunning.lettres._texte import page_text
from tiers_payant.errors import LetterError

__all__ = ["render_email"]

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def render_email(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return a message, its parts and identifiers made of the letter alone: the same bytes each time.

    `Date` is noon of the day of the letter, UTC; whoever sends it may put another. Mail programs that know
    `X-Unsent` open it as a draft.

    Raises:
        LetterError: The address of either side is missing or is none, or the template is at fault.
    """
    page = compose(courrier, modele)
    ready = page.courrier
    sender = _address(ready.entete.nom, ready.entete.email, f"{ready.relance}: the e-mail of the officine")
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["From"] = sender
    message["To"] = _address(ready.destinataire.nom, ready.destinataire.email, f"{ready.relance}: its e-mail")
    message["Subject"] = page.objet.translate(_SPACES)
    message["Date"] = format_datetime(dt.datetime.combine(ready.le, dt.time(12), dt.UTC))
    message["Message-ID"] = f"<{ready.relance}@{sender.domain}>"
    message.set_content(page_text(page) + "\n", cte="quoted-printable")
    message.add_alternative(page_html(page, papier=False), subtype="html", cte="base64")
    if has_bordereau(ready):
        message.add_attachment(
            render_bordereau(ready, modele), maintype="text", subtype="csv", filename=f"{ready.relance}.bordereau.csv"
        )
    message["Content-Language"] = "fr"  # last: what is added before goes with one part alone
    for rank, part in enumerate(one for one in message.walk() if one.is_multipart()):
        part.set_boundary(f"=_{ready.relance}_{rank}_=")  # the standard library draws one by lot
    return message.as_bytes()


def _address(name: str, email: str, what: str) -> Address:
    found = email_parts(email)
    if found is None:
        raise LetterError(f"{what} is missing, or is none")
    return Address(display_name=name.translate(_SPACES), username=found[0], domain=found[1])
