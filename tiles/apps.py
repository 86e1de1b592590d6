from django.apps import AppConfig


class TilesConfig(AppConfig):
    name = "tiles"

    def ready(self) -> None:
        from gis_core.members.rights import Rights
        from layers.catalogue.models import Photo
        from layers.catalogue.pictures import Pixels, open_photos_with
        from layers.ogc.extensions import register_extension
        from tiles.ogc import EXTENSION

        def opened(photo: Photo, rights: Rights) -> Pixels:
            # The first photo brings GDAL; most processes open none.
            from tiles.ortho.pixels import PhotoPixels

            return PhotoPixels(photo, rights)

        open_photos_with(opened)
        register_extension(EXTENSION)
