"""`{% form_key %}`: the key by which a form that is sent twice is recorded once. A builtin of all templates."""

from django.template import Library
from django.utils.safestring import SafeString

from gis_core.desk.form_keys import new_key_field

register = Library()


@register.simple_tag
def form_key() -> SafeString:
    return new_key_field()
