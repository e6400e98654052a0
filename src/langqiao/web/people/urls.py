"""The addresses of people's pages."""

from django.urls import path

from langqiao.web.people import pages, pages_account, pages_organization, pages_platform

urlpatterns = [
    path("log-in", pages.log_in, name="log_in"),
    path("log-in/code", pages.log_in_code, name="log_in_code"),
    path("log-out", pages.log_out, name="log_out"),
    path("password", pages.password, name="password"),
    path("password/reset", pages.password_reset, name="password_reset"),
    path("password/reset/<str:who>/<str:token>", pages.password_reset_set, name="password_reset_set"),
    path("organization", pages.organization, name="organization"),
    path("account", pages_account.account, name="account"),
    path("account/save", pages_account.account_save, name="account_save"),
    path("account/sessions/end", pages_account.session_end, name="session_end"),
    path("account/second-factor", pages_account.second_factor, name="second_factor"),
    path("account/second-factor/codes", pages_account.recovery_codes, name="recovery_codes"),
    path("account/second-factor/replace", pages_account.second_factor_replace, name="second_factor_replace"),
    path("account/second-factor/remove", pages_account.second_factor_remove, name="second_factor_remove"),
    path("invitations/<str:token>", pages_account.invitation, name="invitation"),
    path("organizations/new", pages_organization.organization_new, name="organization_new"),
    path("organization/people", pages_organization.organization_people, name="organization_people"),
    path("organization/save", pages_organization.organization_save, name="organization_save"),
    path("organization/check", pages_organization.organization_check, name="organization_check"),
    path("organization/invitations", pages_organization.invitation_new, name="invitation_new"),
    path("organization/invitations/<int:invitation_id>/withdraw", pages_organization.invitation_withdraw, name="invitation_withdraw"),
    path("organization/members/<int:member_id>/role", pages_organization.member_role, name="member_role"),
    path("organization/members/<int:member_id>/leave", pages_organization.member_leave, name="member_leave"),
    path("organization/mandates", pages_organization.mandate_new, name="mandate_new"),
    path("organization/mandates/<int:mandate_id>", pages_organization.mandate_answer, name="mandate_answer"),
    path("platform/organizations", pages_platform.organization_checks, name="organization_checks"),
    path("platform/organizations/<int:organization_id>/check", pages_platform.organization_check_decide, name="organization_check_decide"),
    path("platform/organizations/merge", pages_platform.organization_merge, name="organization_merge"),
]
