# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# What the tests of host interfaces share: web servers behind addresses, and clients of theirs.
# Sourced after lib.sh.

# host_plain HOST INTERFACE: this kernel writes whole checksums and whole frames. A veth would hand
# over what its card was to complete, and a port on it would take that for what is on the wire.
host_plain() { on "$1" ethtool -K "$2" tx off gro off >/dev/null; }

# host_deaf HOST: the kernel hears everything on fxp0 as well, beside the port that reads it, and
# would answer there for the addresses of its own lan0; so it shall look where a sender belongs.
host_deaf() { on "$1" sysctl -qw net.ipv4.conf.fxp0.rp_filter=1; }

# web_start HOST: an unchanged web server on all its addresses; it says who it is.
web_start() {
  mkdir -p "$lab_dir/www-$1"
  echo "$1" >"$lab_dir/www-$1/index.html"
  spawn "web $1" "$1" "$python" -m http.server -d "$lab_dir/www-$1" 80 >"$lab_dir/web-$1.out" 2>&1
}

# web_name CLIENT ADDRESS: who serves that address.
web_name() { on "$1" curl -s --connect-timeout 1 -m 3 "http://$2/"; }
serves() { [[ $(web_name client "$2") == "$1" ]]; }

# client_loop NAME ADDRESS: asks who serves it, over and over, a line a try: when in ms, and who.
client_loop() {
  # shellcheck disable=SC2016 # for the shell there
  spawn "loop $1" client bash -c 'while true; do
      who=$(curl -s --connect-timeout 0.25 -m 1 "http://$1/")
      echo "${EPOCHREALTIME/./} ${who:-nobody}"
      sleep 0.05
    done' loop "$2" >"$lab_dir/$1.loop" 2>/dev/null
}

client_loop_stop() {
  kill -TERM "${lab_pid[loop $1]}"
  wait "${lab_pid[loop $1]}" 2>/dev/null || true
}

# longest_gap NAME: the longest time in ms between two answers in a row.
longest_gap() {
  awk '$2 != "nobody" { if (last && $1 - last > most) most = $1 - last; last = $1 }
       END { print int(most / 1000) }' "$lab_dir/$1.loop"
}

# host_drops NAME INTERFACE REASON: how often it happened.
host_drops() {
  ctl "$1" show interfaces json | jq --arg name "$2" --arg reason "$3" \
    '.interfaces[] | select(.name == $name).host_drops[$reason]'
}
host_dropped() { [[ $(host_drops "$@") -gt 0 ]]; }

# host_count NAME COUNTER
host_count() { ctl "$1" show statistics json | jq --arg name "$2" '.host[$name]'; }
host_count_above() { [[ $(host_count "$1" "$2") -gt $3 ]]; }

# has_address HOST INTERFACE ADDRESS/LENGTH
has_address() { ip -n "$lab-$1" -4 -o address show dev "$2" | grep -qF " $3 "; }
lacks_address() { ! has_address "$@"; }
# has_carrier HOST INTERFACE
has_carrier() { [[ $(ip -n "$lab-$1" -o link show dev "$2") == *LOWER_UP* ]]; }
lacks_carrier() { [[ $(ip -n "$lab-$1" -o link show dev "$2") == *NO-CARRIER* ]]; }
is_set_up() { [[ $(ip -n "$lab-$1" -o link show dev "$2") == *[\<,]UP[,\>]* ]]; }
mac_of() { ip -n "$lab-$1" -j link show dev "$2" | jq -r '.[0].address'; }
same_mac() { [[ $(mac_of "$1" "$2") == $(mac_of "$1" "$3") ]]; }
