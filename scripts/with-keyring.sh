#!/bin/bash
# Runs a command with a session bus and an unlocked keyring of its own, in a home folder of its own, so that the
# keyring of whoever runs the tests stays untouched.
#   scripts/with-keyring.sh COMMAND [ARGUMENT]…
set -eu

if [ "${1:-}" != --inside-the-bus ]; then
  for program in dbus-run-session gnome-keyring-daemon; do
    command -v "$program" >/dev/null || {
      echo "$program is missing: there is no keyring for the tests; npm test installs it." >&2
      exit 127
    }
  done
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
  mkdir -m 700 "$place/home" "$place/runtime"
  export HOME=$place/home XDG_RUNTIME_DIR=$place/runtime
  export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share XDG_STATE_HOME=$HOME/.local/state
  export XDG_CACHE_HOME=$HOME/.cache
  unset DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL
  dbus-run-session -- "$0" --inside-the-bus "$@"
  exit
fi

shift
# The daemon prints the variables of its control socket; the password is that of a throw-away keyring.
eval "$(printf 'tests\n' | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null | sed 's/^/export /')"
exec "$@"
