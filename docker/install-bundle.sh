#!/bin/sh
# Lies in a bundle as `install`: once the signature and every file are found right, installs the version that is beside it.
#   ./install --keys FILE [options of ./arpent install]
set -eu
here=$(dirname "$(readlink -f "$0")")
fail() { printf '%s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "L’installation demande root : sudo $0. Rien n’a été changé."
keys='' unsigned='' before=''
for word; do
    case $word in
        --unsigned) unsigned=yes ;;
        --keys=*) keys=${word#--keys=} ;;
        *) [ "$before" != --keys ] || keys=$word ;;
    esac
    before=$word
done
if [ -z "$unsigned" ]; then
    [ -f "$keys" ] || fail "Donnez la clé publique de qui publie Arpent, reçue par un autre chemin que ce paquet :" \
        "$0 --keys FICHIER (docs/how-to/mettre-a-jour.md). Rien n’a été changé."
    command -v ssh-keygen >/dev/null || fail "ssh-keygen manque ici : installez openssh-client, ou vérifiez le paquet sur" \
        "une autre machine, puis relancez avec --unsigned. Rien n’a été changé."
    [ -f "$here/SHA256SUMS.sig" ] || fail "$here n’est pas signé : ne l’installez pas. Rien n’a été changé."
    signer=$(ssh-keygen -Y find-principals -s "$here/SHA256SUMS.sig" -f "$keys" 2>/dev/null | head -n 1)
    ssh-keygen -Y verify -q -f "$keys" -I "$signer" -n arpent-release -s "$here/SHA256SUMS.sig" \
        <"$here/SHA256SUMS" >/dev/null 2>&1 || fail "Le paquet n’est pas signé par cette clé : ne l’installez pas," \
        "téléchargez-le de nouveau et demandez sa clé à qui le publie. Rien n’a été changé."
fi
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS >&2) ||
    fail "$here est abîmé : téléchargez-le de nouveau. Rien n’a été changé."

code=$(mktemp -d /var/tmp/arpent-install-XXXXXX)
trap 'rm -rf "$code"' EXIT
tar -xzf "$here/source.tar.gz" -C "$code"
# Python may have to be installed first: from the bundle's own packages, where it has some.
if [ -d "$here/debs" ]; then
    mkdir "$code/.bundle"
    ln -s "$here/debs" "$code/.bundle/debs"
fi
"$code/arpent" install --bundle "$here" "$@"
