# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# What every system test starts with: the lab, and tests as sentences. A test prints one line a
# case, `ok N - SENTENCE`, stops at the first that does not hold with the logs of all appliances,
# and exits 77 where the machine lacks something.
#
#   cd "$(dirname "${BASH_SOURCE[0]}")/../.." && source tests/system/lib.sh && begin WORD

set -euo pipefail

: "${DPDK_CARP:=build/test/app/dpdk-carp}" "${DPDK_CARPCTL:=build/test/app/dpdk-carpctl}"
# Debian's own, which has python3-scapy, whatever else is in the path.
export python=/usr/bin/python3
# No test hangs on anything slower than a noisy machine, and none passes by being quick.
patience=60
cases=0

# shellcheck source=tests/system/lab.sh
source tests/system/lab.sh
dpdk_carp=$(realpath "$DPDK_CARP")
dpdk_carpctl=$(realpath "$DPDK_CARPCTL")

skip() {
  echo "1..0 # SKIP $*"
  exit 77
}

# begin WORD [PROGRAM...]: opens the lab; these programs are needed.
begin() {
  local program
  [[ $EUID -eq 0 ]] || skip "needs root, for network namespaces"
  for program in ip bridge jq sysctl "${@:2}"; do
    command -v "$program" >/dev/null || skip "$program is not installed (scripts/install-deps test)"
  done
  unshare --net true 2>/dev/null || skip "no network namespaces here"
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM PIPE HUP
  lab_open "$1"
}

# The end of every test, however it comes.
finish() {
  local status=$?
  trap '' PIPE # whoever reads our output may be gone
  set +e
  if [[ $status -eq 0 ]]; then
    echo "1..$cases"
  elif [[ $status -ne 77 ]]; then
    echo "Bail out! exit $status"
    diagnose
  fi
  lab_close
}

diagnose() {
  local file
  for file in "$lab_dir"/*.log "$lab_dir"/*.out; do
    [[ -f $file ]] || continue
    echo "# --- ${file##*/}"
    tail -n 40 "$file" | sed 's/^/# /'
  done
}

say() { echo "# $*"; }

# check SENTENCE COMMAND...: the sentence holds if the command succeeds now.
check() {
  local sentence=$1
  cases=$((cases + 1))
  if "${@:2}"; then
    echo "ok $cases - $sentence"
  else
    echo "not ok $cases - $sentence"
    echo "# failed: ${*:2}"
    exit 1
  fi
}

# eventually SENTENCE COMMAND...: the sentence holds if the command succeeds within our patience.
eventually() { check "$1" wait_until "$patience" "${@:2}"; }

# never SECONDS SENTENCE COMMAND...: the sentence holds if the command fails all that time.
never() { check "$2" fails_for "$1" "${@:3}"; }

fails_for() {
  local end=$((SECONDS + $1))
  while [[ $SECONDS -lt $end ]]; do
    if "${@:2}"; then return 1; fi
    sleep 0.1
  done
}

# jq_holds NAME 'show WORD' FILTER: what that document says makes the filter true.
jq_holds() {
  # shellcheck disable=SC2086 # the command is several words
  ctl "$1" $2 json | jq -e "$3" >/dev/null
}

# masters CARPN NAME...: how many of these hosts are MASTER.
masters() {
  local name count=0
  for name in "${@:2}"; do
    if is "$name" "$1" MASTER; then count=$((count + 1)); fi
  done
  echo "$count"
}

# one_master CARPN NAME...
one_master() { [[ $(masters "$@") == 1 ]]; }

# now_ms: milliseconds since 1970.
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# sniff_start NAME INTERFACE TCPDUMP_ARGUMENT...: captures at that port of the switch to
# $lab_dir/NAME.pcap until sniff_stop NAME. `-Q in` is what the host there sent.
sniff_start() {
  local said=$lab_dir/$1.tcpdump.out
  spawn "tcpdump $1" switch tcpdump -Z root -i "$2" -U -w "$lab_dir/$1.pcap" "${@:3}" >"$said" 2>&1
  wait_until "$patience" grep -q 'listening on' "$said"
}

sniff_stop() {
  sleep 1 # what tcpdump has not been given yet
  kill -TERM "${lab_pid[tcpdump $1]}"
  wait "${lab_pid[tcpdump $1]}" || true
}

# sniffed NAME [FILTER]: what was captured, a line a frame: time, MAC addresses, all tcpdump can say.
sniffed() { tcpdump -r "$lab_dir/$1.pcap" -tt -e -nn -v -T carp "${@:2}" 2>/dev/null | paste_indented; }

# Continuation lines, which are indented, joined to the line they belong to.
paste_indented() {
  awk '/^[^ \t]/ { if (line) print line; line = $0; next }
       { line = line $0 }
       END { if (line) print line }'
}

# chatty NAME PATTERN: what matches in that host's log oftener than once in each second of this test.
chatty() {
  grep -oP "$2" "$lab_dir/$1.log" | sort | uniq -c | awk -v most=$((SECONDS + 1)) '$1 > most'
}

# pings HOST ADDRESS: the address answers that host now.
pings() { on "$1" ping -n -c 1 -W 1 "$2" >/dev/null; }

# neighbour HOST ADDRESS: the MAC address that host's kernel has for it.
neighbour() { ip -n "$lab-$1" neigh show "$2" | grep -oP 'lladdr \K[0-9a-f:]+'; }

# knows HOST ADDRESS MAC: an echo is answered, by that MAC address as the kernel sees it.
knows() { pings "$1" "$2" && [[ $(neighbour "$1" "$2") == "$3" ]]; }

# case_skipped SENTENCE REASON: one case that this machine cannot run; the others go on.
case_skipped() {
  cases=$((cases + 1))
  echo "ok $cases - $1 # SKIP $2"
}
