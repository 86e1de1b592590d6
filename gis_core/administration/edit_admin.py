"""Pages of the administration that change or create: compared and recorded once, like every other page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.forms import BaseInlineFormSet, BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from gis_core.desk.edit_forms import ComparedForm, compare_together, lock
from gis_core.desk.form_keys import lead_to

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    Admin, ModelForm = admin.ModelAdmin, forms.ModelForm


class EditModelForm(ComparedForm, ModelForm):
    """A form of a row that exists, or of a new one, which has nothing to compare.

    Once it is sent, its row is locked until the end of the transaction and read anew. The administration makes a class
    of each form for each request, which it gives its `request`.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        row = options.get("instance")
        exists = row is not None and row.pk is not None
        if exists and (args or options.get("data") is not None):
            lock(row)
        super().__init__(*args, **options)
        start = self.add_initial_prefix("")
        self.says_initial = exists and (not self.is_bound or any(name.startswith(start) for name in self.data))

    def is_plain(self, name: str, field: forms.Field) -> bool:
        """The keys of rows and of what they belong to, which forms of several rows carry, do not change."""
        return super().is_plain(name, field) and not field.widget.is_hidden


class ComparedFormSet(BaseModelFormSet):  # type: ignore[type-arg]
    """Rows of one page: what was changed in any of them meanwhile is asked about at once."""

    def full_clean(self) -> None:
        if self.is_bound:
            rows: list[Any] = self.initial_forms
            for form in rows:
                form.about = str(form.instance)
            compare_together(*rows)
        super().full_clean()


class ComparedInlineFormSet(ComparedFormSet, BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows that belong to the row of the page."""


class EditTabularInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows below the form of what they belong to."""

    form = EditModelForm
    formset = ComparedInlineFormSet

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        made: Any = super().get_formset(request, obj, **options)
        made.form.request = request
        return made


class EditAdmin(Admin):
    """What is changed or created by a form of the administration."""

    form = EditModelForm
    add_form_template = "administration/add_form.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        made: Any = super().get_form(request, obj, change=change, **options)
        made.request = request
        return made

    def get_changelist_form(self, request: HttpRequest, **options: Any) -> Any:
        return super().get_changelist_form(request, **{"form": EditModelForm, **options})

    def get_changelist_formset(self, request: HttpRequest, **options: Any) -> Any:
        made: Any = super().get_changelist_formset(request, **{"formset": ComparedFormSet, **options})
        made.form.request = request
        return made

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        share_what_was_sent(request)
        return super().changeform_view(request, *args, **options)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        share_what_was_sent(request)
        return super().changelist_view(request, extra_context)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A window that was opened from another form gives what it made to that form, once."""
        response = super().response_add(request, obj, post_url_continue)
        if IS_POPUP_VAR in request.POST:
            names = self.opts.app_label, self.opts.model_name
            page = reverse("admin:{}_{}_change".format(*names), args=[obj.pk])
            return lead_to(response, f"{page}?{IS_POPUP_VAR}=1")
        return response


def share_what_was_sent(request: HttpRequest) -> None:
    """The forms of a page read one copy of what was sent: what is decided for one, the next ones know."""
    if request.method == "POST":
        request.POST = request.POST.copy()  # type: ignore[assignment]
