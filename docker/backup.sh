#!/bin/sh
# The backups of a site in containers (docs/how-to/installer-en-conteneurs.md): the database as it is at one instant, then
# the files that it speaks of; both are read again as a whole before they get their names. What fails leaves no backup.
#   backup.sh nightly    every night at ARPENT_BACKUP_AT, Paris time        backup.sh now    at once
set -eu
bin=/usr/lib/postgresql/17/bin
folder=/backups
files=${ARPENT_FILES:-/data}
secrets=${ARPENT_SECRETS:-/run/secrets}
at=${ARPENT_BACKUP_AT:-02:30}
keep=${ARPENT_BACKUP_KEEP:-7}
export TZ=Europe/Paris LC_ALL=C.UTF-8 PGPASSFILE=/tmp/pgpass

fail() { echo "$*" >&2; exit 1; }

enter() { # the owner's password, for libpq alone
    [ -s "$secrets/password-owner" ] || fail "Le secret password-owner manque ou ne peut pas être lu : docker/secrets.sh."
    (umask 077 && printf '*:*:*:arpent_owner:%s\n' "$(cat "$secrets/password-owner")" >"$PGPASSFILE")
}

back_up() (
    name=arpent-$(date +%Y-%m-%d-%H%M%S)
    dump=$folder/.$name.dump.part tar=$folder/.$name.files.tar.part
    trap 'rm -f "$dump" "$tar"' EXIT
    # A killed one left them.
    rm -f "$folder"/.arpent-*.part
    said=$("$bin/pg_dump" -h "${ARPENT_DB_HOST:-database}" -p "${ARPENT_DB_PORT:-5432}" -U arpent_owner -Fc -f "$dump" \
        "${ARPENT_DB_NAME:-arpent}" 2>&1) || refuse "de la base" "$said"
    said=$("$bin/pg_restore" -f /dev/null "$dump" 2>&1) || refuse "de la base" "$said"
    # A file that goes meanwhile is one that was thrown away since.
    what=files
    [ -d "$files/files" ] || what=--files-from=/dev/null
    said=$(tar -C "$files" --warning=no-file-removed --warning=no-file-changed -cf "$tar" "$what" 2>&1) || [ $? = 1 ] ||
        refuse "des fichiers" "$said"
    tar -tf "$tar" >/dev/null || refuse "des fichiers" "relecture impossible"
    sync "$dump" "$tar"
    mv "$tar" "$folder/$name.files.tar"
    mv "$dump" "$folder/$name.dump"
    ls -1 "$folder" | grep '^arpent-.*\.dump$' | sort | head -n "-$keep" | while read -r old; do
        rm -f "$folder/$old" "$folder/${old%.dump}.files.tar"
    done
    echo "Sauvegarde relue en entier : $folder/$name.dump et .files.tar ($(du -cm "$folder/$name".* | tail -n 1 | cut -f 1) Mio)."
)

refuse() { # OF-WHAT SAID
    case "$2" in
        *"No space left"*) fail "Le disque des sauvegardes est plein : libérez de la place. Aucune sauvegarde n’a été gardée à moitié." ;;
        *) fail "La sauvegarde $1 a échoué, rien n’en est gardé : $2" ;;
    esac
}

seconds_until() { # HOUR: to its next time on the clock of Paris
    next=$(date -d "$1" +%s)
    [ "$next" -gt "$(date +%s)" ] || next=$(date -d "tomorrow $1" +%s)
    echo $((next - $(date +%s)))
}

case "${1-}" in
    now) enter; back_up ;;
    nightly)
        date -d "$at" >/dev/null 2>&1 || fail "ARPENT_BACKUP_AT est une heure (02:30) : $at"
        enter
        trap 'exit 0' TERM INT
        while true; do
            # In the background, or a signal would wait for its end.
            sleep "$(seconds_until "$at")" & wait $!
            back_up || echo "Nouvel essai la nuit prochaine, ou tout de suite : docker compose run --rm backup now" >&2
        done
        ;;
    *) fail "backup.sh now, ou backup.sh nightly." ;;
esac
