#!/usr/bin/env bash
# Installs Redis and nginx of Debian's packages for `make test-cluster`, where apt may be used.
set -euo pipefail
missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v nginx >/dev/null || missing+=(nginx-light)
command -v psql >/dev/null || missing+=(postgresql-client)
[ ${#missing[@]} = 0 ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing ${missing[*]} for the tests"
  # Debian starts what it installs, unless it is told not to; the test brings its own ports and folders.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
else
  echo "Not installed: ${missing[*]}. Install: sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi
