"""Rules of access as the page of a method, a directory's too, shows them: who has a role by each, and another rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_core.accounts.providers.forms import PLAIN
from gis_core.accounts.providers.methods import HIGHEST
from gis_core.desk.forms import AccessibleForm
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights, Role
from gis_core.models import AccessRule, Member, Membership, SignInMethod


class RuleForm(AccessibleForm):
    """Whoever holds a group has a role at a member."""

    group = forms.CharField(
        label=_("Group"),
        max_length=400,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("As the provider names it; siren:243400017 for everybody of an organisation (ProConnect)."),
    )
    member = forms.ModelChoiceField(label=_("Member"), queryset=Member.objects.none(), to_field_name="slug")
    role = forms.ChoiceField(label=_("Role"))
    communes = forms.CharField(
        label=_("Communes of the town hall"),
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("For the town hall role only: INSEE codes, separated by commas."),
    )

    def __init__(self, *args: Any, method: SignInMethod, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["member"]
        field.queryset = Member.objects.filter(pk=method.member_id) if method.member_id else Member.objects.all()
        if method.member:
            self.fields["member"].initial = method.member.slug
            self.fields["member"].widget = forms.HiddenInput()
        if method.kind == SignInMethod.Kind.DIRECTORY:
            self.fields["group"].help_text = _("Its name, or its distinguished name (DN).")
        self.fields["role"].choices = [(one.value, one.label) for one in Role if one.rank <= HIGHEST.rank]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule, the address that removes it, and how many people have its role by the method's rules."""

    rule: AccessRule
    remove: str
    people: int


def rules_context(request: HttpRequest, method: SignInMethod, form: RuleForm | None = None) -> dict[str, Any]:
    """What the template `account/access_rules.html` needs; `form` is the one that was refused."""
    given = Membership.objects.filter(given_by=method).values_list("member_id", "role").annotate(people=Count("pk"))
    people = {(member, role): count for member, role, count in given}
    return {
        "rules": [
            RuleRow(one, address_of("sign_in_rule_remove", method, one.pk), people.get((one.member_id, one.role), 0))
            for one in method.rules.select_related("member")
        ],
        "rule_form": form or RuleForm(method=method, rights=rights_of_request(request)),
        "rule_add": address_of("sign_in_rules", method),
    }


def address_of(name: str, method: SignInMethod, *more: Any) -> str:
    """A page of a method's: of its member's, or of the platform's."""
    return address(name, method.member, method.pk, *more)


def address(name: str, member: Member | None, *more: Any) -> str:
    """A page of the member's, or of the platform's."""
    return reverse(name if member else f"platform_{name}", args=[*([member.slug] if member else []), *more])
