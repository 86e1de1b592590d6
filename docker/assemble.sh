#!/bin/sh
# assemble.sh FOLDER: the part of this tree that runs, with its translations and byte code, put together in a folder.
set -eu
mkdir -p "$1/webmap"
find . -name .venv -prune -o -name node -prune -o -name webmap -prune -o -name django.po -print | while read -r po; do
    msgfmt -o "${po%.po}.mo" "$po"
done
cp -a .venv manage.py LICENSE CHANGELOG.md UPGRADING.md pyproject.toml requirements.run.lock docs \
    gis_core layers orthophoto tiles permits networks simulation demo benchmarks "$1/"
cp -a webmap/dist "$1/webmap/"
find "$1" -name .venv -prune -o -name django.po -print | xargs rm -f
(cd "$1" && .venv/bin/python -m compileall -q gis_core layers orthophoto tiles permits networks simulation demo benchmarks manage.py)
chmod -R go=rX "$1"
