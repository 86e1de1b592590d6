#!/bin/sh
# ldap.sh VENV: Debian's python3-ldap, which is no wheel elsewhere, as a library of this environment.
set -eu
debian=/usr/lib/python3/dist-packages
site=$(echo "$1"/lib/python3.*/site-packages)
for library in "$debian"/_ldap.cpython-313-*.so "$debian"/ldap "$debian"/ldapurl.py "$debian"/ldif.py "$debian"/pyasn1 "$debian"/pyasn1_modules; do
    [ -e "$library" ] || { echo "Il manque $library : installez le paquet python3-ldap." >&2; exit 1; }
    ln -sfn "$library" "$site/${library##*/}"
done
