#!/usr/bin/env bash
# Installs Debian's chromium for the browser tests where apt may be used; says what is missing otherwise.
set -uo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing chromium for the browser tests"
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "The browser tests will not run: no chromium. To enable them: sudo apt-get install -y chromium"
