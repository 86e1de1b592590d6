#!/bin/sh
# slim.sh VENV: what the libraries bring and no Arpent ever opens goes: their tests, what C programs would be compiled
# with, and the names of functions inside them. What is left is compiled, since nobody writes where it runs.
set -eu
site=$(echo "$1"/lib/python3.*/site-packages)
find "$site" -depth -type d \( -name tests -o -name test \) ! -path "*/django/test" -exec rm -rf {} +
find "$site" \( -name '*.h' -o -name '*.hpp' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.a' -o -name '*.pyi' \) -type f -delete
find "$site" -name '*.so*' -type f | while read -r library; do
    strip --strip-unneeded "$library" 2>/dev/null || echo "left as it is: $library"
done
find "$site" -depth -type d -empty -delete
"$1/bin/python" -m compileall -q -x 'future/|lib2to3' "$site" >/dev/null
