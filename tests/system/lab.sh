# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# A small network on one machine, for scripts/demo and the system tests: every host is a network
# namespace, every segment a bridge in one more namespace, the switch. All names carry the process
# id, all files are in one temporary folder, and every process is ended by its id: nothing outside
# is touched, and several labs can run at once.
#
# Sourced. Requires: $dpdk_carp and $dpdk_carpctl set to the two programs; lab_close in the EXIT trap.

dpdk_carp='' dpdk_carpctl=''
lab='' lab_dir=''
declare -A lab_pid=() # what runs, by name
lab_spaces=()

# lab_open WORD: an empty network with one segment, br0.
lab_open() {
  lab=carp-$1-$$
  lab_dir=$(mktemp -d "${TMPDIR:-/tmp}/$lab.XXXXXX")
  lab_host switch
  # The switch is no firewall: what its hosts send wrong arrives wrong.
  on switch sysctl -eqw net.bridge.bridge-nf-call-{ip,ip6,arp}tables=0
  lab_segment br0
}

# Ends what still runs, stopped processes too, and removes every trace.
lab_close() {
  local space
  [[ -n $lab ]] || return 0
  {
    for space in "${lab_spaces[@]}"; do ip netns pids "$space" | xargs -r kill -KILL; done
    wait
  } 2>/dev/null || true
  for space in "${lab_spaces[@]}"; do ip netns del "$space" 2>/dev/null || true; done
  rm -rf "$lab_dir"
  lab=''
}

# on HOST COMMAND...: runs a command there.
on() { ip netns exec "$lab-$1" "${@:2}"; }

# spawn NAME HOST COMMAND...: starts it there; ${lab_pid[NAME]} is the command's own process.
spawn() {
  ip netns exec "$lab-$2" "${@:3}" &
  lab_pid[$1]=$!
}

# lab_host NAME: a host without interfaces. No IPv6, so that its kernel says nothing unasked.
lab_host() {
  ip netns add "$lab-$1"
  lab_spaces+=("$lab-$1")
  on "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n "$lab-$1" link set lo up
}

# lab_segment NAME: a bridge that forwards at once and floods multicast.
lab_segment() {
  ip -n "$lab-switch" link add "$1" type bridge forward_delay 0 mcast_snooping 0
  ip -n "$lab-switch" link set "$1" up
}

# lab_wire HOST INTERFACE SEGMENT: a cable; its end at the switch is called HOST-INTERFACE. One queue,
# for net_af_xdp hears only those it was told of.
lab_wire() {
  ip -n "$lab-$1" link add "$2" numrxqueues 1 numtxqueues 1 type veth \
    peer name "$1-$2" numrxqueues 1 numtxqueues 1 netns "$lab-switch"
  ip -n "$lab-switch" link set "$1-$2" master "$3" up
  ip -n "$lab-$1" link set "$2" up
}

# lab_client NAME ADDRESS...: a host whose kernel has these addresses, on br0.
lab_client() {
  local address
  lab_host "$1"
  lab_wire "$1" eth0 br0
  for address in "${@:2}"; do ip -n "$lab-$1" address add "$address" dev eth0; done
}

# The switch's port behind which it saw a MAC address last, without the interface's name.
lab_port_of() {
  bridge -n "$lab-switch" fdb show br br0 | awk -v mac="$1" '$1 == mac { sub(/-.*/, "", $3); print $3 }'
}

# wait_until SECONDS COMMAND...: repeats the command until it succeeds; false if it never did.
wait_until() {
  local end=$((SECONDS + $1 + 1))
  until "${@:2}" >/dev/null 2>&1; do
    [[ $SECONDS -lt $end ]] || return 1
    sleep 0.1
  done
}

# appliance_config NAME <CARP.INI: the configuration of a host, and with it what all of them need.
appliance_config() {
  (umask 077 && cat >"$lab_dir/$1.ini")
  cat >>"$lab_dir/$1.ini" <<END

[workers]
idle = sleep
[control]
listen = 127.0.0.1:8112
socket = $lab_dir/$1.sock
[global]
state_dir = $lab_dir/$1.state
END
}

# appliance_start NAME [EAL OPTION...]: starts dpdk-carp on that host and waits until its console
# answers. Without options its port is the kernel interface fxp0; without --socket-mem it has plain
# memory, as much as -m says, without --telemetry no telemetry.
appliance_start() {
  local name=$1 options=("${@:2}") cpus
  [[ ${#options[@]} -gt 0 ]] || options=(--vdev 'net_af_packet0,iface=fxp0')
  if [[ ${options[*]} == *"-m "* ]]; then
    options+=(--no-huge)
  elif [[ ${options[*]} != *--socket-mem* ]]; then
    options+=(--no-huge -m 64)
  fi
  [[ ${options[*]} == *--telemetry* ]] || options+=(--no-telemetry)
  cpus=$(awk '$1 == "Cpus_allowed_list:" { print $2 }' /proc/self/status)
  # Control and one worker, wherever the system puts them: appliances share what CPUs there are.
  spawn "$name" "$name" "$dpdk_carp" --lcores "(0,1)@($cpus)" --no-pci --no-shconf \
    --file-prefix "$lab-$name" "${options[@]}" -- --config "$lab_dir/$name.ini" \
    >>"$lab_dir/$name.log" 2>&1
  wait_until 30 appliance_settled "$name"
  appliance_answers "$name"
}

appliance_settled() { appliance_answers "$1" || ! kill -0 "${lab_pid[$1]}"; }
appliance_answers() { ctl "$1" show version >/dev/null 2>&1; }

# appliance_signal NAME SIGNAL; what ended by it is not waited for.
appliance_signal() { kill "-$2" "${lab_pid[$1]}"; }

# appliance_kill NAME: as a power cut would.
appliance_kill() {
  { appliance_signal "$1" KILL && wait "${lab_pid[$1]}"; } 2>/dev/null || true
}

# ctl NAME COMMAND...: a console command on that host.
ctl() { "$dpdk_carpctl" -s "$lab_dir/$1.sock" "${@:2}"; }

# state NAME CARPN: INIT, BACKUP or MASTER.
state() {
  ctl "$1" show vhosts json | jq -r --arg name "$2" '.vhosts[] | select(.name == $name).state'
}

# is NAME CARPN STATE
is() { [[ $(state "$1" "$2") == "$3" ]]; }

# lateness NAME: says how late its advertisements left; where the machine is ours alone (scripts/test
# --quiet-machine), none may be later than 5 ms.
lateness() {
  local late
  late=$(ctl "$1" show statistics json | jq -c .times.late_adverts)
  say "advertisements of $1, late: $late"
  [[ -z ${QUIET_MACHINE-} ]] || check "none by more than 5 ms" jq -e '.max_us <= 5000' <<<"$late"
}

# telnet_say NAME LINE...: types these lines into telnet(1) on that host, each at a prompt; the
# console shows them.
telnet_say() {
  local name=$1 line read_fd write_fd
  coproc TELNET { exec ip netns exec "$lab-$name" telnet 127.0.0.1 8112 2>&1; }
  read_fd=${TELNET[0]} write_fd=${TELNET[1]}
  for line in "${@:2}" quit; do
    telnet_read_prompt "$read_fd" || return 1
    echo "$line" >&"$write_fd"
  done
  { tr -d '\r' <&"$read_fd"; } 2>/dev/null || true
}

# Copies what the console prints up to its prompt, which ends in no line end.
telnet_read_prompt() {
  local text='' char
  while [[ $text != *'dpdk-carp> ' ]]; do
    IFS= read -r -N 1 -t 10 char <&"$1" || return 1
    text+=$char
  done
  printf '%s' "${text//$'\r'/}"
}
