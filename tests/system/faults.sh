# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Faults for a long run, drawn from a seed: each is done, waited for and undone. The network:
#
#     client1  kernel1  hosta          client2  kernel2  hostb  hostc  foreign
#        └────────┴───────┴─ br0 ─ trunk ─ br1 ─┴────────┴──────┴──────┘
#
# A host hangs on the switch by two bridges, at-HOST and br0 or br1, so that the cable between them,
# HOST-up to HOST-down, can lose frames in one direction while all links stay up.
#
# Sourced. Requires: tests/system/lib.sh, `begin` called. What happens when goes to $phases, a line
# each: `TIME KIND HOST`. `KIND` alone is the fault, `KIND healed` its end, `calm` when all is well.

hosts=(hosta hostb hostc)
addresses=(192.168.1.50 192.168.1.51)
clients=(client1 client2)
phases='' answers_now=''
drawn=0 target=''
foreign_runs=false
# How often each comes in a round of the deck.
deck=(kill kill term freeze freeze nap link split one_way one_way mute deaf preempt)

# draw N: a number below N in $drawn. In a subshell, the same number would come again and again.
draw() { drawn=$((RANDOM % $1)); }

# surely SENTENCE COMMAND...: as `eventually`, but silent while it holds.
surely() { wait_until "$patience" "${@:2}" || check "$1" false; }

# random_pause AT_LEAST_MS BELOW_MS
random_pause() {
  draw $(($2 - $1))
  sleep "$(printf '%d.%03d' $((($1 + drawn) / 1000)) $((($1 + drawn) % 1000)))"
}

phase() {
  echo "${EPOCHREALTIME/,/.} $*" >>"$phases"
  say "$(printf '%4d s  %s' $SECONDS "$*")"
}

shuffle_deck() {
  local i swap
  for ((i = ${#deck[@]} - 1; i > 0; i--)); do
    draw $((i + 1))
    swap=${deck[i]} deck[i]=${deck[drawn]} deck[drawn]=$swap
  done
}

# master_of ADDRESS CLIENT: the host that answers it.
master_of() { awk -v a="$1" -v c="$2" '$1 == c && $2 == a { print $3 }' "$answers_now"; }

# answers [-v VARIABLE=VALUE] PROGRAM: true if awk's END block says so; one reading of the file, for
# it is renewed all the time. full_lines: every client has each address from one host.
answers() {
  awk -v full_lines=$((${#addresses[@]} * ${#clients[@]})) "$@" "$answers_now"
}
all_answered() { answers 'END { exit NR != full_lines }'; }
# And all clients from the same.
all_agree() {
  answers -v count=${#addresses[@]} '{ seen[$2, $3] }
    END { exit NR != full_lines || length(seen) != count }'
}
is_served_without() {
  answers -v host="$1" '$3 == host { bad = 1 } END { exit NR != full_lines || bad }'
}

# Mostly a host that answers something: only there a fault is felt.
draw_target() {
  draw ${#hosts[@]}
  target=${hosts[drawn]}
  draw 4
  [[ $drawn -gt 0 ]] || return 0
  draw ${#addresses[@]}
  local master
  master=$(master_of "${addresses[drawn]}" client1)
  [[ ! -f $lab_dir/$master.ini ]] || target=$master
}

# --- one function a fault: what is done to $target, for how long, how it ends ---

fault_kill() {
  appliance_kill "$target"
  surely "others serve without $target" is_served_without "$target"
  random_pause 0 1000
  phase kill healed "$target"
  surely "$target starts again" appliance_start "$target"
}

fault_term() {
  appliance_signal "$target" TERM
  wait "${lab_pid[$target]}" || check "$target ends in order after SIGTERM" false
  surely "others serve without $target" is_served_without "$target"
  random_pause 0 1000
  phase term healed "$target"
  surely "$target starts again" appliance_start "$target"
}

fault_freeze() {
  appliance_signal "$target" STOP
  surely "others serve without $target" is_served_without "$target"
  random_pause 0 3000
  phase freeze healed "$target"
  appliance_signal "$target" CONT
}

# Around the lease and the master down time of the quick one: who wakes is in doubt.
fault_nap() {
  appliance_signal "$target" STOP
  random_pause 200 1600
  phase nap healed "$target"
  appliance_signal "$target" CONT
}

fault_link() {
  ip -n "$lab-switch" link set "$target-fxp0" down
  surely "others serve without $target" is_served_without "$target"
  random_pause 0 1000
  phase link healed "$target"
  ip -n "$lab-switch" link set "$target-fxp0" up
}

# lose PORT...: what the switch would send there is lost; find PORT...: no more.
lose() { local port && for port; do tc -n "$lab-switch" qdisc replace dev "$port" root blackhole; done; }
find() { local port && for port; do tc -n "$lab-switch" qdisc del dev "$port" root; done; }

fault_split() {
  lose trunk0 trunk1
  surely "each side is served" all_answered
  random_pause 1000 4000
  phase split healed "$target"
  find trunk0 trunk1
}

fault_one_way() {
  draw 2
  local direction=trunk$drawn
  lose "$direction"
  random_pause 2000 5000
  phase one_way healed "$target"
  find "$direction"
}

# It hears everybody and nobody hears it.
fault_mute() {
  lose "$target-up"
  surely "others serve without $target" is_served_without "$target"
  random_pause 0 3000
  phase mute healed "$target"
  find "$target-up"
}

# Everybody hears it and it hears nobody.
fault_deaf() {
  lose "$target-down"
  random_pause 2000 5000
  phase deaf healed "$target"
  find "$target-down"
}

fault_preempt() {
  ctl hosta sysctl net.inet.carp.preempt=1 >/dev/null
  surely "hosta has all its addresses" hosta_serves_all
  ctl hosta sysctl net.inet.carp.preempt=0 >/dev/null
  phase preempt healed hosta
}

# The foreign host, slower than ours or, with its own preempt, better, is worse than none for D8.
hosta_serves_all() {
  [[ $(master_of "${addresses[0]}" client1) == hosta ]] &&
    [[ $(master_of "${addresses[1]}" client1) =~ ^(hosta|foreign)$ ]]
}

# --- ucarp, now and then, for the second address ---

foreign_joins() {
  local skews=(0 150)
  draw ${#skews[@]}
  phase foreign joins
  spawn ucarp foreign ucarp -i eth0 -s 192.168.1.6 -v 2 -p testpass -a 192.168.1.51 \
    -k "${skews[drawn]}" --preempt --neutral --shutdown -u "$lab_dir/add" -d "$lab_dir/del" \
    >>"$lab_dir/ucarp.log" 2>&1
  foreign_runs=true
  random_pause 2000 4000
}

# As a power cut would: its kernel must not go on answering.
foreign_leaves() {
  local signals=(KILL TERM)
  draw ${#signals[@]}
  phase foreign leaves
  kill "-${signals[drawn]}" "${lab_pid[ucarp]}"
  wait "${lab_pid[ucarp]}" 2>/dev/null || true
  on foreign "$lab_dir/del" 2>/dev/null || true
  foreign_runs=false
  surely "ours serve without the foreign host" is_served_without foreign
}

# --- rounds ---

# rounds_until SECOND: faults until that second of this shell.
rounds_until() {
  local count=0 kind
  while true; do
    shuffle_deck
    for kind in "${deck[@]}"; do
      [[ $SECONDS -lt $1 ]] || return 0
      # The foreign host is there in three rounds of ten.
      if [[ $((count % 10)) -eq 4 ]]; then foreign_joins; fi
      if [[ $((count % 10)) -eq 7 && $foreign_runs == true ]]; then foreign_leaves; fi
      one_round "$kind"
      count=$((count + 1))
    done
  done
}

one_round() {
  draw_target
  [[ $1 != preempt ]] || target=hosta
  phase "$1" "$target"
  "fault_$1"
  surely "all clients are served by one host after $1 of $target" all_agree
  sleep 0.5 # what comes late still belongs to this fault
  phase calm -
  random_pause 100 800
}
