"""Letters to people about their accounts: the link to a new password and the invitation, in the reader's language."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override


def letter_send(*, to: str, subject: str, lines: list[str]) -> None:
    """Sends a letter once the transaction is committed; a mail server that fails is the sender's error, not silence."""
    body = "\n\n".join(lines)
    transaction.on_commit(lambda: send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to]))


def reset_letter(*, to: str, address: str, minutes: int, language: str) -> None:
    """The link by which a forgotten password is set anew."""
    with override(language):
        lines = [
            _("Somebody, most likely you, asked for a new password for Langqiao."),
            address,
            _("The link works once, for %(minutes)d minutes. If it was not you, do nothing: your password stays as it is.")
            % {"minutes": minutes},
        ]
        letter_send(to=to, subject=_("A new password for Langqiao"), lines=lines)


def invitation_letter(*, to: str, address: str, organization: str, by: str, days: int) -> None:
    """The link by which an invited person joins an organization."""
    lines = [
        _("%(by)s invites you to join %(organization)s on Langqiao.") % {"by": by, "organization": organization},
        address,
        _("The link works once, for %(days)d days. If you do not know the sender, do nothing.") % {"days": days},
    ]
    letter_send(to=to, subject=_("Invitation to %(organization)s") % {"organization": organization}, lines=lines)
