#!/usr/bin/env bash
# Everything Arpent needs on a Debian 13 machine; used by ./arpent and by the image alike. Each part does nothing the
# second time.   provision.sh python | check | run | bench | test | qgis | grass | prometheus | image | engines | bare | machine | system |
# nothing
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$root"

python=/usr/bin/python3.13
base_packages=(ca-certificates python3.13 python3.13-venv postgresql-17 postgresql-17-postgis-3 postgresql-17-pgrouting
    gettext libexpat1 libseccomp2 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
    nginx libnginx-mod-http-lua openssh-client pgbackrest restic python3-ldap)
# What an installation needs beside that: PostgreSQL's own log is turned by it.
install_packages=(logrotate)
test_packages=(git chromium-headless-shell fonts-liberation libfaketime slapd)
qgis_packages=(git qgis python3-qgis)
grass_packages=(git grass-core)
image_packages=(git buildah netavark mmdebstrap)
bare_packages=(git mmdebstrap systemd openssl chromium-headless-shell fonts-liberation)
engines_packages=(git chromium chromium-driver firefox-esr webkitgtk-webdriver xvfb fonts-liberation)
prometheus_packages=(git prometheus)
bench_packages=(chromium fonts-liberation gdal-bin wrk)
log=$root/.boot/provision.log
bundle=$root/.bundle

fail() { printf '%s\n' "$*" >&2; exit 1; }

# step TITLE COMMAND...: output to a log; every few seconds, how long it has been and what it is at.
step() {
    local title=$1 begun=$SECONDS period=10 next=2 pid
    shift
    [ -t 1 ] && period=1
    NO_COLOR=1 "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        if [ $((SECONDS - begun)) -ge "$next" ]; then
            show "  $title… $((SECONDS - begun)) s  $(tail -c 300 "$log" | tr '\r' '\n' | tail -n 1 | cut -c 1-90)"
            next=$((next + period))
        fi
    done
    trap - INT TERM
    if ! wait "$pid"; then
        [ -t 1 ] && echo
        tail -n 15 "$log" >&2
        if grep -qi 'no space left' "$log"; then
            fail "Le disque est plein : libérez de la place, puis relancez la même commande."
        fi
        fail "$title : échec. Corrigez la cause ci-dessus (réseau, droits), puis relancez la même commande."
    fi
    show "  $title : $((SECONDS - begun)) s"
    [ ! -t 1 ] || echo
}

show() { if [ -t 1 ]; then printf '\r\033[2K%s' "$1"; else printf '%s\n' "$1"; fi; }

needs_space() { # MEBIBYTES FOLDER
    local free
    free=$(df --output=avail -BM "$2" | tail -n 1 | tr -dc 0-9)
    [ "$free" -ge "$1" ] || fail "Il reste $free Mio sur le disque de $2, il en faut $1 : libérez de la place et relancez."
}

stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# apt-get that waits, in words, while another one holds any of apt's locks: apt itself waits for dpkg's at most.
apt_get() { # ARGUMENTS...
    local words code begun=$SECONDS
    words=$(mktemp)
    while true; do
        as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q "$@" 2>&1 | tee "$words"
        code=${PIPESTATUS[0]}
        if [ "$code" = 0 ] || ! grep -qE 'Could not get lock|Unable to (lock|acquire)|locked by another process' "$words"; then
            break
        fi
        if [ $((SECONDS - begun)) -ge "${APT_PATIENCE:-1800}" ]; then
            echo "Une autre installation de paquets ne finit pas : terminez-la, puis relancez."
            break
        fi
        echo "J'attends qu'une autre installation de paquets finisse ($(grep -oE 'process [0-9]+ \([^)]*\)' "$words" |
            head -n 1 || true))…"
        sleep 3
    done
    rm -f "$words"
    return "$code"
}

system_packages() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "Il manque des paquets système et vous n'êtes ni root ni autorisé à sudo :" \
            "demandez à l'administrateur de lancer « apt-get install ${missing[*]} », puis relancez."
        sudo -v || fail "sudo a refusé : demandez à l'administrateur de lancer « apt-get install ${missing[*]} »."
    fi
    needs_space 1500 /usr
    if ! [ -e /etc/postgresql-common/createcluster.conf ]; then
        # Arpent has its own cluster: without this Debian would start another one on port 5432.
        as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    local from=()
    if [ -f "$bundle/debs/Packages" ]; then
        from=(-o "Dir::Etc::sourcelist=$bundle/debs.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Get::List-Cleanup=0
            # The bundle, which was checked, may lie where apt's own user reads nothing.
            -o APT::Sandbox::User=root)
        echo "deb [trusted=yes] file:$bundle/debs ./" | as_root tee "$bundle/debs.list" >/dev/null
    fi
    step "Liste des paquets Debian" apt_get "${from[@]}" update
    hold_servers "${missing[@]}"
    step "Paquets système (${missing[*]})" apt_get "${from[@]}" -o Dpkg::Use-Pty=0 install -y --no-install-recommends "${missing[@]}"
    release_servers
}

# The packages that run Arpent, with all that they need on a machine that has none, and the list that apt reads of them.
download_debs() { # FOLDER
    local folder empty
    folder=$(readlink -f "$1")
    empty=$(mktemp -d)
    mkdir -p "$folder/partial"
    : >"$empty/status"
    (
        cd "$folder"
        # -d asks for no root; the status of a machine without packages: nothing is left out because it is here.
        apt-get -q -y -d -o Debug::NoLocking=1 -o Dir::State::status="$empty/status" -o Dir::Cache::archives="$folder" \
            -o APT::Sandbox::User=root --no-install-recommends install "${base_packages[@]}" "${install_packages[@]}" \
            >"$empty/log" 2>&1 ||
            { tail -n 5 "$empty/log" >&2; exit 1; }
        for deb in *.deb; do
            dpkg-deb -f "$deb"
            printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" \
                "$(sha256sum "$deb" | cut -d ' ' -f 1)"
        done >Packages
    )
    rm -rf "$folder/partial" "$folder/lock" "$empty"
}

# Arpent starts an nginx of its own. Debian would start another one on port 80 and at each boot, and would load our module
# into an nginx that somebody else already runs here: neither happens.
hold_servers() {
    foreign_nginx=no
    # The tests start a slapd of their own.
    if [ "$(dpkg-query -W -f='${db:Status-Status}' slapd 2>/dev/null)" != installed ] && [[ " $* " == *" slapd "* ]]; then
        hold_unit slapd
    fi
    if [ "$(dpkg-query -W -f='${db:Status-Status}' nginx-common 2>/dev/null)" = installed ]; then
        foreign_nginx=yes
        modules_before=$(ls /etc/nginx/modules-enabled 2>/dev/null || true)
    else
        hold_unit nginx
    fi
    trap release_servers EXIT
    if ! [ -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
        as_root chmod 755 /usr/sbin/policy-rc.d
        our_policy=yes
    fi
}

hold_unit() { # NAME: Debian's is not started, now or at boot
    [ -e "/etc/systemd/system/$1.service" ] || {
        as_root mkdir -p /etc/systemd/system
        as_root ln -s /dev/null "/etc/systemd/system/$1.service"
    }
}

release_servers() {
    local link
    trap - EXIT
    [ "${our_policy-no}" = no ] || as_root rm -f /usr/sbin/policy-rc.d
    our_policy=no
    [ "$foreign_nginx" = yes ] || return 0
    for link in 10-mod-http-ndk.conf 50-mod-http-lua.conf; do
        grep -qxF "$link" <<<"$modules_before" || as_root rm -f "/etc/nginx/modules-enabled/$link"
    done
}

system_users() {
    local user
    [ "$(id -u)" = 0 ] || return 0
    for user in arpent arpent-reader; do # the site and its jobs; the process that opens untrusted files for root
        id -u "$user" >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$user"
    done
    # PostgreSQL and the backups: it reads the site's files by their group, and the site reads none of its own.
    id -u arpent-db >/dev/null 2>&1 ||
        useradd --system --gid arpent --no-create-home --shell /usr/sbin/nologin arpent-db
}

python_environment() {
    local wanted
    wanted=$(sha256sum requirements.lock docker/uv.lock | sha256sum)
    stamped .venv/arpent-stamp "$wanted" && [ -x .venv/bin/python ] && return
    needs_space 2000 "$root"
    if ! stamped .boot/arpent-stamp "$(sha256sum docker/uv.lock)"; then
        step "Installateur Python (uv)" install_uv
        sha256sum docker/uv.lock >.boot/arpent-stamp
    fi
    step "Bibliothèques Python" install_python
    echo "$wanted" >.venv/arpent-stamp
}

install_uv() {
    local from=()
    [ ! -d "$bundle/wheels" ] || from=(--no-index --find-links "$bundle/wheels")
    "$python" -m venv .boot &&
        .boot/bin/pip install -q --disable-pip-version-check "${from[@]}" --require-hashes -r docker/uv.lock
}

install_python() {
    export UV_PYTHON_PREFERENCE=only-system VIRTUAL_ENV=$root/.venv
    [ -x .venv/bin/python ] || .boot/bin/uv venv --clear --python "$python" .venv || return
    if [ -d "$bundle/wheels" ]; then
        .boot/bin/uv pip sync --offline --no-index --find-links "$bundle/wheels" --require-hashes --compile-bytecode \
            "$bundle/production.lock"
    else
        .boot/bin/uv pip sync --require-hashes --compile-bytecode requirements.lock
    fi
}

messages() { # compiled translations
    local po
    find . \( -name .venv -o -name .boot -o -name var -o -name node_modules \) -prune -o -name django.po -print |
        while read -r po; do
            [ "${po%.po}.mo" -nt "$po" ] || msgfmt --check-format -o "${po%.po}.mo" "$po"
        done
}

# Whom root hands over to (gis_core/operations/account.py) cannot keep compiled code beside the code: it is made here.
bytecode() {
    [ "$(id -u)" = 0 ] || return 0
    .venv/bin/python -m compileall -q gis_core layers orthophoto tiles permits networks simulation demo benchmarks manage.py >/dev/null
}

# Said before anything is installed, again and in full by gis_core/operations/account.py.
open_to_all() {
    local folder=$root
    [ "$(id -u)" = 0 ] && [ "${ARPENT_AS_ROOT-}" != 1 ] || return 0
    while [ "$folder" != / ]; do
        setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$folder" || fail \
            "Lancé par root, Arpent tourne sous l'utilisateur système « arpent », à qui le dossier $folder est fermé :" \
            "déplacez Arpent dans un dossier ouvert à tous, /opt ou /srv par exemple, ou lancez-le avec un compte" \
            "ordinaire. Rien n'a été changé."
        folder=$(dirname "$folder")
    done
}

web_libraries() {
    local wanted
    export PATH=$root/.venv/bin:$PATH
    wanted=$(sha256sum webmap/package-lock.json)
    if ! stamped webmap/node_modules/.arpent-stamp "$wanted"; then
        needs_space 700 webmap
        step "Bibliothèques de la carte (npm ci)" npm --prefix webmap ci
        echo "$wanted" >webmap/node_modules/.arpent-stamp
    fi
}

web_map() {
    local wanted
    [ ! -d "$bundle" ] || return 0
    web_libraries
    wanted=$(find webmap gis_core/static/gis_core/tokens.css \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z |
        xargs -0 sha256sum | sha256sum)
    # The stamp is in what it speaks of: whoever builds, copies or restores webmap/dist takes it away or along.
    stamped webmap/dist/.arpent-built "$wanted" && return
    step "Carte web (vite)" npm --prefix webmap run build
    .venv/bin/python -m whitenoise.compress --quiet webmap/dist
    echo "$wanted" >webmap/dist/.arpent-built
}

server() {
    system_packages "$@"
    system_users
    python_environment
    docker/ldap.sh .venv
    messages
    bytecode
}

[ -w "$root" ] || fail "Le dossier $root n'est pas à vous : clonez Arpent dans un dossier où vous pouvez écrire."
mkdir -p .boot
exec 9>.boot/lock
flock -n 9 || { echo "  Une autre commande prépare la machine, j'attends…"; flock 9; }

case "${1-run}" in
    packages) printf '%s\n' "${base_packages[@]}" "${install_packages[@]}" ;;
    debs) download_debs "$2" ;;
    python) server "${base_packages[@]}" ;;
    check) server "${base_packages[@]}" git; web_libraries ;;
    run) open_to_all; server "${base_packages[@]}"; web_map ;;
    bench) server "${base_packages[@]}" "${bench_packages[@]}"; web_map ;;
    test) server "${base_packages[@]}" "${test_packages[@]}"; web_map ;;
    qgis) server "${base_packages[@]}" "${qgis_packages[@]}" ;;
    grass) server "${base_packages[@]}" "${grass_packages[@]}" ;;
    image) server "${base_packages[@]}" "${image_packages[@]}" ;;
    bare) server "${base_packages[@]}" "${bare_packages[@]}" ;;
    machine) system_packages ca-certificates python3.13 openssl ;;
    engines) server "${base_packages[@]}" "${engines_packages[@]}"; web_map ;;
    prometheus) server "${base_packages[@]}" "${prometheus_packages[@]}"; web_map ;;
    system) system_packages "${base_packages[@]}" "${install_packages[@]}"; system_users ;;
    nothing) [ -x .venv/bin/python ] || fail "Arpent n'est pas encore installé ici : lancez d'abord ./arpent demo." ;;
    *) fail "provision.sh : $1 ?" ;;
esac
