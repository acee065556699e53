# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# A machine for services: systemd booted on a lab host, in namespaces of its own, from this machine's
# root with a layer above it that goes with the test. It has a few devices, /proc and /sys that can
# only be read, and a cgroup of its own; what it does stays in it.
#
# Sourced after lib.sh. Requires: box_close in the EXIT trap, after finish.

box_init='' box_cgroup=''

# box_boot HOST COMMAND...: boots there; the command prepares the root, whose path is its last word.
# Skips the test where that is not possible.
box_boot() {
  local root=$lab_dir/layer/root
  box_cgroup=$(findmnt --list --noheadings --output TARGET --types cgroup2 | head -n 1)
  [[ -n $box_cgroup ]] || skip "no cgroup2 is mounted here"
  box_cgroup+=/$lab
  mkdir "$box_cgroup" 2>"$lab_dir/box.out" || skip "no cgroup can be made: $(tail -n 1 "$lab_dir/box.out")"
  mkdir -p "$lab_dir/layer"
  # shellcheck disable=SC2016 # of the inner shell
  bash -c 'echo $$ >"$0/cgroup.procs" && exec nsenter --net="/run/netns/$1" unshare --mount --propagation private \
    --pid --fork --kill-child --cgroup --ipc --uts "${@:2}"' "$box_cgroup" "$lab-$1" \
    tests/system/service_root "$lab_dir/layer" "${@:2}" "$root" >"$lab_dir/box.out" 2>&1 </dev/null &
  lab_pid[box]=$!
  wait_until "$patience" box_settled || true
  box_answers || skip "systemd does not boot here: $(tail -n 1 "$lab_dir/box.out")"
}

box_settled() { box_answers || ! kill -0 "${lab_pid[box]}"; }
box_answers() {
  box_init=$(tr -d ' ' <"/proc/${lab_pid[box]}/task/${lab_pid[box]}/children") # the only one of unshare
  [[ -n $box_init ]] && inside systemctl is-active --quiet box.target
}

# inside COMMAND...: runs it in the box.
inside() {
  nsenter --target "$box_init" --mount --pid --net --cgroup --ipc --uts -- "$@"
}

# give FILE MODE: stdin becomes that file of the box.
give() { inside install -D -m "$2" /dev/stdin "$1"; }

# unit PROPERTY: what systemd says of our unit.
unit() { inside systemctl show --property "$1" --value dpdk-carp; }
unit_is() { [[ $(unit "$1") == "$2" ]]; }

# journal FILTER: what the journal has of our unit, through jq as one list of entries.
journal() { inside journalctl --unit dpdk-carp --output json | jq --slurp --raw-output "$1"; }
journal_holds() { inside journalctl --unit dpdk-carp --output json | jq --slurp --exit-status "$1" >/dev/null; }

# For whoever reads why a test failed.
box_report() {
  [[ -z $box_init ]] || inside journalctl --no-pager --output short-precise >"$lab_dir/box.log" 2>&1 || true
}

# Removes the cgroup, when everything of the box has ended.
box_close() {
  [[ -d $box_cgroup ]] || return 0
  wait_until 10 find "$box_cgroup" -depth -type d -exec rmdir {} + || true
}
