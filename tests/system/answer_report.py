#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What clients had of a long run: how long their addresses were gone, and who answered twice.

  answer_report.py LOG PHASES ADDRESS=MASTER_DOWN_S,INTERVAL_S ... [--at-least FAILOVERS]

LOG is by answer_log.py, PHASES by faults.sh. MASTER_DOWN_S is the longest master down time of the
address's group, the protocol's bound for a failover that no bow out announces; INTERVAL_S its
longest interval. A failover is a phase in which the host that answers an address changed for some
client; its blackout is the longest time without an answer, for the client that had the longest.

Exit: 1 where two of our hosts answered one request outside the windows that the protocol allows, or
there were fewer failovers than asked for.
"""

import argparse
import bisect
import collections
import sys

BUCKETS_S = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 3.5, 5, 10)
NS = 1_000_000_000
# Two MASTERs part when the better one's next advertisement is heard (C71): an interval after they
# came to hear each other at the latest, or one more where they had signed the same pair (D11 rule
# 6). Two BACKUPs that hear the same bow out take over together (C73) and tell each other at once,
# or, by the same rule, an interval later. A host that preempts (C72) tells at once, after it has
# heard the one it replaces.
WINDOW_INTERVALS = {"split healed": 2, "one_way healed": 2, "mute healed": 2, "deaf healed": 2,
                    "preempt": 2, "term": 1, "foreign": 1}
# What a busy machine may add to each of these.
DELAY_S = 1.0
# These end in one master down time; the others at once, or last as long as the fault.
TIMED_OUT = {"kill", "freeze", "nap", "nap healed", "link", "split", "mute"}
WHILE_IT_LASTS = {"one_way", "one_way healed", "deaf", "deaf healed"}
FOREIGN = "foreign"

Phase = collections.namedtuple("Phase", "start label host")
Request = collections.namedtuple("Request", "address asked hosts heard")
Double = collections.namedtuple("Double", "when phase after_s hosts address client")


def read_log(path):
    """Requests by (client, number), and how many frames the log lacks."""
    requests, missed = {}, 0
    with open(path, encoding="ascii") as log:
        for line in log:
            when, kind, port, client, number, address = line.split()
            if kind == "missed":
                missed = int(number)
                continue
            request = requests.setdefault((int(client), int(number)), Request(address, [], [], []))
            if kind == "asked":
                request.asked.append(int(when))
            elif kind == "answered":
                request.hosts.append((int(when), port.partition("-")[0]))
            else:
                request.heard.append(int(when))
    return requests, missed


def read_phases(path):
    phases = []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            when, *words, host = line.split()
            if words[0] == FOREIGN:  # "foreign joins"
                words, host = words[:1], FOREIGN
            seconds, _, fraction = when.partition(".")
            phases.append(Phase(int(seconds) * NS + int(fraction) * 1000, " ".join(words), host))
    return phases


def deliveries_of(requests):
    """By (client, address): answers as the client had them, (time, host) in order."""
    deliveries = collections.defaultdict(list)
    for (client, _), request in requests.items():
        for when, (_, host) in zip(sorted(request.heard), sorted(request.hosts)):
            deliveries[client, request.address].append((when, host))
    for answers in deliveries.values():
        answers.sort()
    return deliveries


def failovers_of(phases, deliveries):
    """By (place of the phase, address): the blackout in seconds."""
    failovers = {}
    for (_, address), answers in deliveries.items():
        times = [when for when, _ in answers]
        cuts = [bisect.bisect_left(times, phase.start) for phase in phases] + [len(times)]
        for place, (first, end) in enumerate(zip(cuts, cuts[1:])):
            if first == 0 or first == end or answers[first - 1][1] == answers[end - 1][1]:
                continue
            longest = max(times[i] - times[i - 1] for i in range(first, end)) / NS
            failovers[place, address] = max(longest, failovers.get((place, address), 0))
    return failovers


def doubles_of(phases, requests):
    """Requests that were answered more than once, as their client saw it."""
    starts = [phase.start for phase in phases]
    for (client, _), request in sorted(requests.items(), key=lambda item: item[1].heard[:1]):
        if len(request.heard) < 2:
            continue
        when = request.heard[1]
        phase = phases[bisect.bisect_right(starts, when) - 1]
        yield Double(when, phase, (when - phase.start) / NS,
                     sorted({host for _, host in request.hosts}), request.address, client)


def window_of(double, phases, intervals):
    """The latest phase in whose window the double answer lies; None if there is none."""
    for phase in reversed(phases):
        if phase.label not in WINDOW_INTERVALS:
            continue
        window = WINDOW_INTERVALS[phase.label] * intervals[double.address] + DELAY_S
        if 0 <= (double.when - phase.start) / NS <= window:
            return phase
    return None


def bound_of(label, master_down_s):
    if label in TIMED_OUT:
        return f"{master_down_s:.2f}"
    return "lasts" if label in WHILE_IT_LASTS else "at once"


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_histogram(phases, failovers, master_down_s):
    rows = collections.defaultdict(list)
    for (place, address), blackout in failovers.items():
        rows[phases[place].label, address].append(blackout)
    print("Blackouts in seconds, as clients saw them (`bound` is the protocol's, without delays)")
    print(f"{'cause':15} {'address':13}" + "".join(f" <{limit:<4}" for limit in BUCKETS_S)
          + "  more     n median    p99    max  bound")
    for (label, address), blackouts in sorted(rows.items()):
        blackouts.sort()
        cuts = [0, *(bisect.bisect_left(blackouts, limit) for limit in BUCKETS_S), len(blackouts)]
        counts = "".join(f" {end - first or '.':>5}" for first, end in zip(cuts, cuts[1:]))
        print(f"{label:15} {address:13}{counts} {len(blackouts):5} {quantile(blackouts, 0.5):6.2f}"
              f" {quantile(blackouts, 0.99):6.2f} {blackouts[-1]:6.2f}"
              f" {bound_of(label, master_down_s[address]):>7}")


def sort_doubles(phases, requests, intervals):
    """(forbidden, allowed, with the foreign host), each a list."""
    forbidden, allowed, foreign = [], [], []
    for double in doubles_of(phases, requests):
        if FOREIGN in double.hosts:
            foreign.append(double)
        elif window := window_of(double, phases, intervals):
            allowed.append((double, (double.when - window.start) / NS, window.label))
        else:
            forbidden.append(double)
    return forbidden, allowed, foreign


def print_doubles(forbidden, allowed):
    for double in forbidden[:20]:
        print(f"client{double.client}: {double.address} was answered by {' and '.join(double.hosts)}"
              f" {double.after_s:.3f} s into `{double.phase.label} {double.phase.host}`,"
              f" at {double.when / NS:.6f}")
    latest = collections.defaultdict(float)
    for _, after_s, label in allowed:
        latest[label] = max(latest[label], after_s)
    for label, after_s in sorted(latest.items()):
        print(f"the last double answer in the window of `{label}` came {after_s:.3f} s into it")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("log")
    options.add_argument("phases")
    options.add_argument("paces", nargs="+")
    options.add_argument("--at-least", type=int, default=1)
    options = options.parse_args()
    paces = {address: tuple(map(float, pace.split(",")))
             for address, pace in (words.split("=") for words in options.paces)}
    master_down_s = {address: pace[0] for address, pace in paces.items()}
    intervals = {address: pace[1] for address, pace in paces.items()}

    requests, missed = read_log(options.log)
    phases = read_phases(options.phases)
    requests = {key: request for key, request in requests.items()
                if request.asked and request.asked[0] >= phases[0].start}
    failovers = failovers_of(phases, deliveries_of(requests))
    forbidden, allowed, foreign = sort_doubles(phases, requests, intervals)
    print_histogram(phases, failovers, master_down_s)
    print_doubles(forbidden, allowed)
    faults = sum("healed" not in phase.label and phase.label not in ("calm", FOREIGN)
                 for phase in phases)
    answered = sum(bool(request.heard) for request in requests.values())
    print(f"{faults} faults, {len(requests)} requests, {answered} answered, {missed} frames missed; "
          f"double answers in allowed windows: {len(allowed)}, with the foreign host: {len(foreign)}")
    print(f"{len(failovers)} failovers, {len(forbidden)} double answers")
    return 1 if forbidden or len(failovers) < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
