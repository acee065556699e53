# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/bench prints: ratios first, then what they were made of."""

import statistics

import host_path
import spread

# Key, sentence, who, against whom, what design.md wants.
RATIOS = [
    ("carp_io", "replies of dpdk-carp to frames of io", "carp", "io", 0.90),
    ("carp_icmpecho", "replies of dpdk-carp to those of icmpecho", "carp", "icmpecho", 1.15),
    ("macswap_io", "frames of macswap to those of io", "macswap", "io", None),
    ("icmpecho_io", "replies of icmpecho to frames of io", "icmpecho", "io", None),
    ("growth", "4,000 addresses, 255 vhosts, 16 VLANs to one of each", "carp large", "carp tagged",
     0.90),
]
TWO_WORKERS = [
    ("carp", "two workers on two queues, of two ports, to one on one", 1.90),
    ("io", "the same of io: what the machine gives", None),
    ("carp_one_port", "two workers on two queues of one port", None),
    ("io_one_port", "the same of io: what the driver gives, too", None),
]


def range_of(values):
    return {"median": statistics.median(values), "lowest": min(values), "highest": max(values)}


def ratios_of(rounds):
    """By key: the median over the rounds, and the lowest and highest."""
    return {key: range_of([r.rates[who] / r.rates[whom] for r in rounds])
            for key, _, who, whom, _ in RATIOS}


def rates_of(rounds):
    return {name: statistics.median(r.rates[name] for r in rounds) for name in rounds[0].rates}


def line(sentence, ratio, aim):
    goal = f">= {aim:.2f}" if aim else ""
    return (f"{sentence:58} {ratio['median']:6.3f}   {ratio['lowest']:6.3f}   "
            f"{ratio['highest']:6.3f}  {goal}").rstrip()


def table_of(results):
    """Of what was measured; the rest is not spoken of."""
    lines = []
    for pages, rates in results.get("pages", {}).items():
        lines += [f"{pages:58} median   lowest  highest  aim"]
        lines += [line(sentence, rates["ratios"][key], aim) for key, sentence, _, _, aim in RATIOS]
        lines.append("")
    if workers := results.get("two_workers"):
        lines += [line(sentence, workers[key], aim) for key, sentence, aim in TWO_WORKERS]
        lines.append("")
    lines += rates_table(results) + others(results) + machine(results["machine"])
    return "\n".join(lines)


def rates_table(results):
    by_pages = results.get("pages", {})
    if not by_pages:
        return []
    mhz = results["machine"]["tsc_mhz"]
    lines = [f"{'on one core':20}" + "".join(f"{pages:>42}" for pages in by_pages)]
    for name in next(iter(by_pages.values()))["rates"]:
        lines.append(f"{name:20}" + "".join(
            f"{rates['rates'][name] / 1e6:16.2f} Mframes/s {mhz * 1e6 / rates['rates'][name]:8.1f} cycles"
            for rates in by_pages.values()))
    lines.append(f"{'busy':20}" + "".join(f"{rates['busy']:16.2f}{'':26}"
                                         for rates in by_pages.values()).rstrip())
    return lines + [""]


def times(of_what):
    return (f"p50 {of_what['p50_us'] / 1e3:.3f} ms, p99 {of_what['p99_us'] / 1e3:.3f} ms, "
            f"p99.9 {of_what['p999_us'] / 1e3:.3f} ms")


def others(results):
    lines = []
    if cost := results.get("instructions"):
        lines += [f"instructions a reply: {cost['small']:.1f} with one address, "
                  f"{cost['large']:.1f} with 4,000; table: {cost['bytes_per_address']:.1f} bytes an address"]
    if start := results.get("start"):
        lines += [f"start: {start['answering_s']:.3f} s from exec to the first answer, "
                  f"{start['backup_s']:.3f} s to BACKUP"]
    if many := results.get("many_vhosts"):
        lines += [f"4,080 vhosts: control busy {many['busy']:.3f} (aim <= 0.20), "
                  f"{many['us_per_vhost']:.1f} us a second and vhost; advertisements late "
                  + times(many["late"])]
    if failover := results.get("failover"):
        lines += ["table switch under load (aim p99 < 0.100 ms): " + times(failover["one"]),
                  "the same, 255 vhosts at once: " + times(failover["all"]) +
                  f"; {failover['tables_for_all']:.2f} tables",
                  "advertisements late meanwhile (aim p99.9 <= 1 ms): " + times(failover["late"])]
    if handover := results.get("handover"):
        lines += [spread.table_of(handover)]
    if host := results.get("host"):
        lines += [host_path.table_of(host)]
    return lines + [""] if lines else []


def machine(facts):
    return [f"{facts['cpu']}, {facts['cpus']} CPUs, {facts['tsc_mhz']:.0f} MHz, "
            f"load {facts['load']:.2f} at the start"]
