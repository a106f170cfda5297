#!/bin/sh
# Provides the programs that the tests compare pullpin with: installs the missing ones where it can (Debian, as root),
# and otherwise says what to install. Does nothing, quickly, when all are installed.
set -eu

missing=''
needs() { # needs PROGRAM PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

# TypeDoc, in a folder of its own because it wants an older TypeScript.
api="$(dirname "$0")/api-reference"
[ -e "$api/node_modules/typedoc" ] || npm ci --silent --no-audit --no-fund --prefix "$api" >&2

PATH="$PATH:/usr/sbin:/sbin"
needs skopeo skopeo
needs nix-build nix-bin
needs docker-registry docker-registry
needs tinyproxy tinyproxy-bin
needs openssl openssl
needs git git
needs htpasswd apache2-utils
needs nginx nginx-light
needs zstd zstd
needs zsh zsh
needs fish fish
needs mandoc mandoc
needs tmux tmux
needs pre-commit pre-commit
needs chromium chromium
# The screenshots have this font.
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "setup-tests: the tests need these Debian packages, please install them:$missing" >&2
  exit 1
fi

# While a policy-rc.d says 101, apt starts no service. Debian has none by default; one that is there is put back at the end.
policy=/usr/sbin/policy-rc.d
kept="$policy.before-pullpin-tests"
restore_policy() {
  rm -f "$policy"
  [ ! -e "$kept" ] || mv "$kept" "$policy"
}
if [ ! -x "$policy" ] || "$policy" docker-registry start >/dev/null 2>&1 || [ $? -ne 101 ]; then
  trap restore_policy EXIT
  trap 'exit 1' HUP INT TERM
  [ ! -e "$policy" ] || mv "$policy" "$kept"
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

echo "setup-tests: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
install_missing() {
  # shellcheck disable=SC2086 # a list of packages
  apt-get install -y -qq --no-install-recommends $missing >&2
}
# Lists that are absent or too old make the first attempt fail.
install_missing || { apt-get update -qq >&2 && install_missing; }
