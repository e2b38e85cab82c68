#!/usr/bin/env bash
# Runs a command with DATABASE_URL of a PostgreSQL cluster of its own, which is gone afterwards. Installs Debian's
# postgresql where apt may be used. With --optional a machine without it is no failure, but is said at the end.
set -uo pipefail
optional=no
[ "${1:-}" = --optional ] && { optional=yes; shift; }

binaries() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

bin=$(binaries)
if [ -z "$bin" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing postgresql for the tests"
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
  bin=$(binaries)
fi
if [ -z "$bin" ]; then
  echo "NOT TESTED on PostgreSQL: it is not installed. To test it: sudo apt-get install -y postgresql" >&2
  [ "$optional" = yes ] && exit 0
  exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/attune-postgres.XXXXXX")
# PostgreSQL refuses to run as root; its package brings a user.
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as=(runuser -u postgres --)
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
stop() {
  (cd / && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1)
  rm -rf "$folder"
}
trap stop EXIT
(
  cd /
  "${as[@]}" "$bin/initdb" -D "$folder/data" -U attune -A trust -E UTF8 --locale=C.UTF-8 >"$folder/log" 2>&1 &&
    "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w \
      -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c fsync=off" start >>"$folder/log" 2>&1
) || { cat "$folder/log" "$folder/data/server.log" 2>/dev/null >&2; exit 1; }
echo "PostgreSQL: $("$bin/postgres" --version)"
DATABASE_URL="postgres://attune@127.0.0.1:$port/postgres" "$@"
