#!/bin/sh
# Runs a command in a session bus of its own, with a keyring or without.
# usage: keyring-session.sh unlocked|locked|no-service|no-bus CMD...
set -eu
mode=$1
shift
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" XDG_RUNTIME_DIR="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config"
chmod 700 "$home"
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL

case $mode in
no-bus)
  "$@"
  ;;
no-service)
  # A bus that knows no services to start.
  cat >"$home/bus.conf" <<XML
<busconfig><type>session</type><listen>unix:tmpdir=$home</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
XML
  dbus-run-session --config-file="$home/bus.conf" -- "$@"
  ;;
locked | unlocked)
  # In the foreground, so that it can be ended by its number. Locked: nobody ever gave it a password.
  test "$mode" = locked && start=--start || start=--unlock
  dbus-run-session -- sh -c '
    start=$1
    shift
    printf test | gnome-keyring-daemon --foreground "$start" --components=secrets >/dev/null 2>&1 &
    keyring=$!
    trap "kill $keyring; wait $keyring" EXIT
    until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner \
      string:org.freedesktop.secrets >/dev/null 2>&1; do sleep 0.02; done
    "$@"' sh "$start" "$@"
  ;;
esac
