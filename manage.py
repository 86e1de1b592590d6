#!/usr/bin/env python
import atexit
import gc
import os
import sys

import django
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    # What is imported stays: the collector would look through it in vain, often at the start and again at the end.
    gc.disable()
    django.setup()
    gc.enable()
    gc.freeze()
    atexit.register(gc.freeze)
    execute_from_command_line(sys.argv)
