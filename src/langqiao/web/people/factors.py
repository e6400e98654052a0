"""The second factor: one-time codes of an authenticator (RFC 6238), each accepted once, and recovery codes for a lost one."""

import secrets
import time

import pyotp
import segno
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, RecoveryCode, TotpFactor, User
from langqiao.web.people.sealing import keyed_hashes, seal, unseal
from langqiao.web.people.security import security_note
from langqiao.web.people.session import factor_given
from langqiao.web.people.throttle import attempt_note, attempts_check, attempts_clear

STEP_S = 30
WINDOW = 1
"""Steps before and after the present one that are accepted: clocks differ (RFC 6238, 5.2)."""
RECOVERY_CODES = 10
ISSUER = "Langqiao"


def factor_of(user: User) -> TotpFactor | None:
    """The user's second factor once it has been confirmed."""
    return TotpFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


@transaction.atomic
def factor_begin(*, user: User, fresh: bool = False) -> str:
    """The secret (base 32) that a user puts into an authenticator, not confirmed yet. Refused: second_factor_exists.

    `fresh` makes another one: each look at the page shows its own, so that a secret seen by somebody else before is worth nothing.
    """
    factor = TotpFactor.objects.select_for_update().filter(user=user).first()
    if factor is not None and factor.confirmed_at is not None:
        raise Refusal("second_factor_exists", _("You have a second factor already."))
    if factor is None:
        factor, _made = TotpFactor.objects.get_or_create(user=user, defaults={"sealed_secret": seal(pyotp.random_base32())})
    elif fresh:
        factor.sealed_secret = seal(pyotp.random_base32())
        factor.save(update_fields=["sealed_secret"])
    return unseal(factor.sealed_secret)


def factor_address(user: User, secret: str) -> str:
    """The otpauth:// address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def factor_picture(user: User, secret: str) -> str:
    """The address as a QR code in SVG, drawn here so that no other service sees the secret."""
    return str(segno.make(factor_address(user, secret), error="m").svg_inline(scale=4, border=4, omitsize=False))


@transaction.atomic
def factor_confirm(*, request: HttpRequest, user: User, password: str, code: str) -> list[str]:
    """Takes the new factor into use after its first right code; returns the recovery codes, shown this once.

    The password is asked because a session left open must not be enough to put a stranger's factor on an account.
    Refused: wrong_password, second_factor_wrong, second_factor_exists, too_many_attempts.
    """
    attempts_check(request, email=user.email, purpose="factor")
    secret = factor_begin(user=user)
    if not user.check_password(password):
        raise Refusal("wrong_password", _("The present password is not right."))
    factor = TotpFactor.objects.select_for_update().get(user=user)
    step = _step_of(secret, code, after=factor.last_step)
    if step is None:
        raise Refusal("second_factor_wrong", _("This code is not right. Take the one your authenticator shows now."))
    factor.last_step, factor.confirmed_at = step, timezone.now()
    factor.save(update_fields=["last_step", "confirmed_at"])
    factor_given(request)
    security_note("factor_set", user=user, request=request)
    return recovery_codes_make(user=user)


@transaction.atomic
def replacement_begin(*, user: User, fresh: bool = False) -> str:
    """The secret of a new authenticator; the old one works until the new one's first code. Refused: second_factor_needed without an old one."""
    factor = TotpFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        raise Refusal("second_factor_needed", _("You have no second factor yet. Set one up first."))
    if fresh or not factor.sealed_next:
        factor.sealed_next = seal(pyotp.random_base32())
        factor.save(update_fields=["sealed_next"])
    return unseal(factor.sealed_next)


@transaction.atomic
def replacement_confirm(*, request: HttpRequest, user: User, password: str, code: str) -> list[str]:
    """Puts the new authenticator in the old one's place after its first right code; returns new recovery codes.

    The page asks for a fresh code of the old one, or a recovery code, before. Refused as `factor_confirm`.
    """
    attempts_check(request, email=user.email, purpose="factor")
    secret = replacement_begin(user=user)
    if not user.check_password(password):
        raise Refusal("wrong_password", _("The present password is not right."))
    step = _step_of(secret, code, after=0)
    if step is None:
        raise Refusal("second_factor_wrong", _("This code is not right. Take the one your authenticator shows now."))
    present = TotpFactor.objects.select_for_update().get(user=user)
    present.sealed_secret, present.sealed_next, present.last_step, present.confirmed_at = present.sealed_next, "", step, timezone.now()
    present.save()
    factor_given(request)
    security_note("factor_replaced", user=user, request=request)
    return recovery_codes_make(user=user)


@transaction.atomic
def recovery_codes_make(*, user: User) -> list[str]:
    """New recovery codes of 80 bits each; the old ones stop working."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["-".join(secrets.token_hex(2) for _ in range(5)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, code_hash=_recovery_hashes(user, code)[0]) for code in codes])
    return codes


def recovery_codes_left(user: User) -> int:
    """How many recovery codes still work."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def factor_verify(*, request: HttpRequest, user: User, code: str) -> None:
    """Checks a code or a recovery code and notes it in the session. Refused: too_many_attempts; second_factor_wrong, also for a used code."""
    factor_check(request=request, user=user, code=code)
    factor_given(request)


def factor_check(*, request: HttpRequest, user: User, code: str) -> None:
    """Checks a code or a recovery code, each of which works once; failures are counted. Refused as `factor_verify`."""
    attempts_check(request, email=user.email, purpose="factor")
    right = _totp_use(user, code) or _recovery_use(user, code)
    if not right:
        attempt_note(request, email=user.email, purpose="factor")
        security_note("factor_wrong", user=user, request=request)
        raise Refusal("second_factor_wrong", _("This code is wrong, too old or already used. Wait for the next one."))
    attempts_clear(request, email=user.email, purpose="factor")


@transaction.atomic
def factor_remove(*, request: HttpRequest, user: User, password: str) -> None:
    """Takes the second factor off; the page asks for a fresh code before. Refused: wrong_password; second_factor_required by a role."""
    if not user.check_password(password):
        raise Refusal("wrong_password", _("The present password is not right."))
    bound = [m for m in Membership.objects.filter(user=user).select_related("organization") if m.must_have_factor]
    if bound:
        message = _("Your role in %(organization)s needs a second factor.") % {"organization": bound[0].organization.name}
        raise Refusal("second_factor_required", message)
    TotpFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    security_note("factor_removed", user=user, request=request)


def factor_install(*, user: User, secret: str = "") -> str:
    """Gives a demonstration user a confirmed factor and returns its secret; a person's own is confirmed by a code only."""
    if not user.is_demo:
        raise Refusal("not_allowed", _("Only demonstration accounts get a second factor without a code."))
    secret = secret or pyotp.random_base32()
    TotpFactor.objects.update_or_create(user=user, defaults={"sealed_secret": seal(secret), "confirmed_at": timezone.now(), "last_step": 0})
    return secret


def present_s() -> int:
    """The seconds of the epoch, from which codes are made."""
    return int(time.time())


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step of a right code that is later than the last accepted one."""
    plain = "".join(code.split())
    now = present_s() // STEP_S
    totp = pyotp.TOTP(secret, interval=STEP_S)
    for step in range(now - WINDOW, now + WINDOW + 1):
        if step > after and pyotp.utils.strings_equal(totp.generate_otp(step), plain):
            return step
    return None


def _totp_use(user: User, code: str) -> bool:
    factor = factor_of(user)
    if factor is None:
        return False
    step = _step_of(unseal(factor.sealed_secret), code, after=factor.last_step)
    # The comparison in the statement decides between two sessions that give the same code at once.
    return step is not None and TotpFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) == 1


def _recovery_use(user: User, code: str) -> bool:
    hashes = _recovery_hashes(user, code)
    unused = RecoveryCode.objects.filter(user=user, code_hash__in=hashes, used_at__isnull=True)
    return unused.update(used_at=timezone.now()) == 1


def _recovery_hashes(user: User, code: str) -> tuple[str, ...]:
    return keyed_hashes("recovery", f"{user.pk}:{''.join(code.split()).replace('-', '').lower()}")
