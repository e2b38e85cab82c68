#!/usr/bin/env bash
# Installs what tests need of Debian's packages, where apt may be used: "program" or "program:package", one or more.
# With --optional a machine without them is no failure, but it is said what is not tested.
set -euo pipefail
optional=no
[ "${1:-}" = --optional ] && { optional=yes; shift; }

packages=()
for wanted in "$@"; do
  command -v "${wanted%%:*}" >/dev/null || packages+=("${wanted##*:}")
done
[ ${#packages[@]} = 0 ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing ${packages[*]} for the tests"
  # Debian starts what it installs, unless it is told not to; the tests bring their own ports and folders.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null &&
    exit 0
fi
if [ "$optional" = yes ]; then
  echo "NOT TESTED with ${packages[*]}: not installed. To test it: sudo apt-get install -y ${packages[*]}" >&2
  exit 0
fi
echo "Not installed: ${packages[*]}. Install: sudo apt-get install -y ${packages[*]}" >&2
exit 1
