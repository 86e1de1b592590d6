from django.apps import AppConfig


class TreesConfig(AppConfig):
    name = "tests.example_desk.trees"
    label = "trees"
    verbose_name = "Street trees"
