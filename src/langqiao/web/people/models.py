"""The tables of people: users who sign in by e-mail, organizations of a kind, roles that tie them, and mandates between organizations."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class Accounts(BaseUserManager["User"]):
    """Makes users; the e-mail address is the name they log in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password (None: cannot log in until one is set)."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user whom Django's own commands treat as the operator."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an e-mail address in any case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class DemoStore(models.Model):
    """One row, written once: this store is a demonstration. The database refuses a demonstration user where the row is absent."""

    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="demo_store_once", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return "demonstration"


class OrganizationKind(models.TextChoices):
    """What an organization is in the service system."""

    ENTERPRISE = "enterprise", _("enterprise")
    UNIVERSITY = "university", _("university or institute")
    INDIVIDUAL = "individual", _("individual")
    FUND = "fund", _("fund manager")
    BANK = "bank", _("bank")
    INSURER = "insurer", _("insurer")
    BROKER = "broker", _("broker")
    APPRAISER = "appraiser", _("appraiser")
    AGENT = "agent", _("patent agency")
    LAW_FIRM = "law_firm", _("law firm")
    SERVICE = "service", _("other service institution")
    CENTER = "center", _("operation center")
    OFFICE = "office", _("intellectual property office")
    PLATFORM = "platform", _("platform")


MONEY_KINDS = frozenset({OrganizationKind.FUND, OrganizationKind.BANK, OrganizationKind.INSURER, OrganizationKind.PLATFORM})
"""Kinds that move other people's money: their approvers and administrators work only after a second factor."""


class CheckState(models.TextChoices):
    """How far the platform has checked who an organization is."""

    UNCHECKED = "unchecked", _("not checked yet")
    PENDING = "pending", _("waiting for the check")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")


class Organization(models.Model):
    """A legal person whose members share portfolios; everything it owns is seen by its members only."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganizationKind, default=OrganizationKind.ENTERPRISE)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    check_state = models.CharField(max_length=10, choices=CheckState, default=CheckState.UNCHECKED)
    check_document = models.CharField(_("document"), max_length=300, blank=True)
    check_reason = models.CharField(max_length=500, blank=True)
    check_asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    check_asked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", through_fields=("organization", "user"), related_name="organizations")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="organization_kind_known", condition=models.Q(kind__in=OrganizationKind.values)),
            models.CheckConstraint(name="organization_check_known", condition=models.Q(check_state__in=CheckState.values)),
            models.CheckConstraint(
                name="organization_verified_by_somebody",
                condition=~models.Q(check_state="verified") | (models.Q(checked_at__isnull=False) & ~models.Q(check_document="")),
            ),
            models.CheckConstraint(
                name="organization_refused_with_reason", condition=~models.Q(check_state="refused") | ~models.Q(check_reason="")
            ),
            # Only a verified code is unique: a stranger who types another's code must not block its owner.
            models.UniqueConstraint(
                name="organization_code_once",
                fields=["credit_code"],
                condition=models.Q(check_state="verified") & models.Q(merged_into__isnull=True) & ~models.Q(credit_code=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def moves_money(self) -> bool:
        """Whether the kind moves other people's money."""
        return self.kind in MONEY_KINDS

    @property
    def is_verified(self) -> bool:
        """Whether the platform has checked who this is."""
        return self.check_state == CheckState.VERIFIED


class Role(models.TextChoices):
    """What a member may do; each role may what the one before it may: read, change, approve money and title, govern members."""

    READER = "reader", _("reader")
    EDITOR = "editor", _("editor")
    APPROVER = "approver", _("approver")
    ADMIN = "admin", _("administrator")


class PresentMembers(models.Manager["Membership"]):
    """Memberships that have not ended: the default, so that a forgotten filter lets no former employee in."""

    def get_queryset(self) -> models.QuerySet["Membership"]:
        """Without the ended ones."""
        return super().get_queryset().filter(ended_at__isnull=True)


class Membership(models.Model):
    """A user's role in an organization; `objects` are the present ones, `every` also those that have ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.READER)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    successor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[PresentMembers] = PresentMembers()
    every: ClassVar[models.Manager["Membership"]] = models.Manager()

    class Meta:
        base_manager_name = "every"
        constraints: ClassVar = [
            models.UniqueConstraint(name="membership_once", fields=["user", "organization"]),
            models.CheckConstraint(name="membership_role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization} · {self.role}"

    @property
    def may_edit(self) -> bool:
        """Whether the role may change what the organization owns."""
        return self.role in {Role.EDITOR, Role.APPROVER, Role.ADMIN}

    @property
    def may_approve(self) -> bool:
        """Whether the role may approve money and title (never one's own request: the services check that)."""
        return self.role in {Role.APPROVER, Role.ADMIN}

    @property
    def may_govern(self) -> bool:
        """Whether the role may invite, remove and give roles."""
        return self.role == Role.ADMIN

    @property
    def must_have_factor(self) -> bool:
        """Whether this person works for the organization only after a second factor."""
        return self.may_approve and self.organization.moves_money


class Invitation(models.Model):
    """An offer of a role to an e-mail address; the link's token is kept only as a hash, works once and for a time."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(max_length=20, choices=Role, default=Role.READER)
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="invitation_role_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="invitation_used_or_revoked", condition=models.Q(used_at__isnull=True) | models.Q(revoked_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organization}"


class MandateScope(models.TextChoices):
    """What an institution may do for a holder. Money and title stay with the holder's own approvers and are no scope."""

    READ = "read", _("read the portfolio")
    RECORDS = "records", _("keep records and annuities")
    LIST = "list", _("list patents and answer interest")
    NEGOTIATE = "negotiate", _("negotiate offers")


class Mandate(models.Model):
    """Custody: `agent` acts for `holder` within `scopes` from a day until a day; an empty `patents` means all of the holder's."""

    holder = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="mandates_given")
    agent = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="mandates_held")
    scopes = models.JSONField(default=list)
    patents = models.JSONField(default=list)
    from_on = models.DateField()
    until_on = models.DateField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="mandate_days_in_order", condition=models.Q(until_on__gte=models.F("from_on"))),
            models.CheckConstraint(name="mandate_between_two", condition=~models.Q(holder=models.F("agent"))),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.holder}"


class OrganizationMerge(models.Model):
    """One merger: who became part of whom, by whom, and what moved by table. Rows are never changed."""

    source = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="merge_out")
    target = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="merges_in")
    document = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="merge_of_two", condition=~models.Q(source=models.F("target")))]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class TotpFactor(models.Model):
    """A user's second factor (RFC 6238): the sealed secret, and the last time step that was accepted, so that no code works twice.

    `sealed_next` is a new authenticator's secret until its first code; the old one works meanwhile.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="factor")
    sealed_secret = models.CharField(max_length=255)
    sealed_next = models.CharField(max_length=255, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """One of the codes that replace a lost second factor, as a keyed hash; each works once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="recovery_code_once", fields=["user", "code_hash"])]

    def __str__(self) -> str:
        return f"{self.user_id}"


class UserSession(models.Model):
    """A signed-in browser as its user sees it: device, address, last seen. Ending it deletes the session itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class LoginAttempt(models.Model):
    """A failed attempt, counted to slow guessing down: `purpose` is password, factor or reset; `device` the known browser it came from."""

    email = models.CharField(max_length=254, db_index=True)
    address = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=10, default="password")
    device = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.email} {self.at}"
