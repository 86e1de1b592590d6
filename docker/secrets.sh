#!/bin/sh
# docker/secrets.sh: the secrets of docker/compose.yml, made once in docker/secrets; those that are there stay.
# Containers read them as other users than you: the files are open, the folder around them is yours alone.
set -eu
folder=$(dirname "$(readlink -f "$0")")/secrets
mkdir -p "$folder"
chmod 700 "$folder"
for name in password-owner password-web password-worker secret-key metrics-token; do
    [ -s "$folder/$name" ] && continue
    head -c 48 /dev/urandom | base64 | tr -d '\n+/=' >"$folder/$name.new"
    chmod 444 "$folder/$name.new"
    mv "$folder/$name.new" "$folder/$name"
done
echo "Les secrets sont dans $folder : gardez-en une copie à part, une sauvegarde ne les contient pas."
