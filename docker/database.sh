#!/bin/sh
# PostgreSQL of a container: made when /data is empty; at each start the superuser's part of the installation is applied
# again (bootstrap.sql, the same as without containers) and the roles get the passwords of the secrets' files.
#   database.sh serve [-c NAME=VALUE...]     settings of your own come last and win
set -eu
bin=/usr/lib/postgresql/17/bin
data=/data/pg
here=$(dirname "$0")
secrets=${ARPENT_SECRETS:-/run/secrets}
socket=${ARPENT_SOCKET:-/run/postgresql}
port=${ARPENT_DB_PORT:-5432}

fail() { echo "$*" >&2; exit 1; }

[ "${1-}" = serve ] || fail "Une seule commande : serve [-c REGLAGE=VALEUR...]."
shift
for role in owner web worker; do
    [ -s "$secrets/password-$role" ] ||
        fail "Le secret password-$role manque ou ne peut pas être lu : faites les secrets avec docker/secrets.sh. Rien n'a été démarré."
done

# Another container on the same volume would ruin the data; PostgreSQL sees no process of another container.
# What a killed one left needs a moment to end.
exec 9>/data/lock
flock -w 20 9 || fail "Un autre conteneur tient déjà cette base : arrêtez-le d'abord. Rien n'a été démarré."
if ! [ -f "$data/PG_VERSION" ]; then
    rm -rf "$data.new"
    "$bin/initdb" -D "$data.new" -U postgres --auth=peer --encoding=UTF8 --locale-provider=builtin \
        --builtin-locale=C.UTF-8 --data-checksums >/dev/null
    # Over the network only the three roles of the site come in, into its database, with their passwords.
    printf '%s\n' "local all all peer" "host arpent arpent_owner,arpent_web,arpent_worker all scram-sha-256" >"$data.new/pg_hba.conf"
    mv "$data.new" "$data"
fi

# As gis_core/operations/tuning.py does for a PostgreSQL of our own; a replica or an archive may be added later.
memory=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
if [ "$limit" != max ] && [ $((limit / 1048576)) -lt "$memory" ]; then memory=$((limit / 1048576)); fi
between() { # LOW VALUE HIGH
    if [ "$2" -lt "$1" ]; then echo "$1"; elif [ "$2" -gt "$3" ]; then echo "$3"; else echo "$2"; fi
}
cat >"$data/arpent.conf" <<CONF
shared_buffers = $(between 64 $((memory / 16)) 4096)MB
effective_cache_size = $(between 256 $((memory / 2)) 65536)MB
work_mem = $(between 4 $((memory / 768)) 64)MB
maintenance_work_mem = $(between 64 $((memory / 48)) 1024)MB
max_parallel_workers = $(nproc)
max_parallel_workers_per_gather = $(between 0 $(($(nproc) / 2)) 4)
random_page_cost = 1.1
jit = off
wal_level = replica
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = lz4
recovery_init_sync_method = syncfs
dynamic_shared_memory_type = posix
timezone = 'UTC'
log_timezone = 'UTC'
password_encryption = 'scram-sha-256'
include_if_exists = 'local.conf'
CONF
grep -q "^include_if_exists = 'arpent.conf'" "$data/postgresql.conf" || echo "include_if_exists = 'arpent.conf'" >>"$data/postgresql.conf"

# First without a network: nobody comes in before roles, extensions and marks are as they should be.
rm -f "$data/postmaster.pid"
"$bin/pg_ctl" -D "$data" -s -w -t 300 -o "-c listen_addresses='' -k $socket -p $port" start </dev/null >/dev/null
ask() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$socket" -p "$port" -U postgres -d postgres "$@"; }
ask -v database=arpent -v tests=0 -f "$here/bootstrap.sql" >/dev/null
for role in owner web worker; do
    # The words go through standard input: no list of processes shows them.
    ask -v role="arpent_$role" <<SQL
\\set password \`cat $secrets/password-$role\`
set log_min_error_statement = panic;
alter role :"role" password :'password';
SQL
done
"$bin/pg_ctl" -D "$data" -s -m fast -w stop
exec "$bin/postgres" -D "$data" -k "$socket" -p "$port" -c listen_addresses="${ARPENT_LISTEN:-*}" "$@"
