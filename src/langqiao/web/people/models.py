"""The tables of people: users who log in by e-mail, organizations of a kind, and roles that tie them."""

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
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class OrganizationKind(models.TextChoices):
    """What an organization is in the service system."""

    ENTERPRISE = "enterprise", _("enterprise")
    UNIVERSITY = "university", _("university or institute")
    FUND = "fund", _("fund manager")
    BANK = "bank", _("bank")
    INSURER = "insurer", _("insurer")
    SERVICE = "service", _("service institution")
    CENTER = "center", _("operation center")
    OFFICE = "office", _("intellectual property office")


class Organization(models.Model):
    """A legal person whose members share portfolios; everything it owns is seen by its members only."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganizationKind, default=OrganizationKind.ENTERPRISE)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="organizations")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="organization_kind_known", condition=models.Q(kind__in=OrganizationKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do: read, also change, also govern members."""

    READER = "reader", _("reader")
    EDITOR = "editor", _("editor")
    ADMIN = "admin", _("administrator")


class Membership(models.Model):
    """A user's role in an organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.READER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="membership_once", fields=["user", "organization"]),
            models.CheckConstraint(name="membership_role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization} · {self.role}"

    @property
    def may_edit(self) -> bool:
        """Whether the role may change what the organization owns."""
        return self.role in {Role.EDITOR, Role.ADMIN}


class LoginAttempt(models.Model):
    """A failed log-in, counted to slow guessing down."""

    email = models.CharField(max_length=254, db_index=True)
    address = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.email} {self.at}"
