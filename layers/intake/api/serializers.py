"""The body that starts an import, for the API's documentation."""

from rest_framework import serializers


class ImportSerializer(serializers.Serializer[dict[str, object]]):
    source = serializers.CharField(help_text="etalab or communes")  # type: ignore[assignment]
    member = serializers.CharField(required=False, help_text="short name; needed where one administers several")
    date = serializers.DateField(required=False, help_text="of the data; else the latest that the files hold")
    dry_run = serializers.BooleanField(required=False, help_text="only report what would change")
    accept_loss = serializers.IntegerField(
        required=False, help_text="how many objects may go, exactly, where the import was refused for it"
    )
    file = serializers.ListField(child=serializers.FileField())
