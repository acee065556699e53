# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/bench prints: ratios first, then what they were made of."""

import statistics

# Sentence, who, against whom, what design.md wants.
RATIOS = [
    ("carp_io", "replies of dpdk-carp to frames of io", "carp", "io", 0.90),
    ("carp_icmpecho", "replies of dpdk-carp to those of icmpecho", "carp", "icmpecho", 1.15),
    ("macswap_io", "frames of macswap to those of io", "macswap", "io", None),
    ("icmpecho_io", "replies of icmpecho to frames of io", "icmpecho", "io", None),
    ("growth", "4,000 addresses, 255 vhosts, 16 VLANs to one of each", "carp large", "carp tagged",
     0.90),
]


def ratios_of(rounds):
    """By key: the median over the rounds, and the lowest and highest."""
    ratios = {}
    for key, _, who, whom, _ in RATIOS:
        values = [r.rates[who] / r.rates[whom] for r in rounds]
        ratios[key] = {"median": statistics.median(values), "lowest": min(values),
                       "highest": max(values)}
    return ratios


def table_of(results):
    lines = [f"{'ratio (median of rounds)':58} median   lowest  highest  aim"]
    for key, sentence, _, _, aim in RATIOS:
        ratio = results["ratios"][key]
        goal = f">= {aim:.2f}" if aim else ""
        lines.append(f"{sentence:58} {ratio['median']:6.3f}   {ratio['lowest']:6.3f}   "
                     f"{ratio['highest']:6.3f}  {goal}".rstrip())
    machine = results["machine"]
    lines += ["", f"{'on one core':30} Mframes/s  cycles a frame"]
    for name, rate in results["rates"].items():
        lines.append(f"{name:30} {rate / 1e6:9.2f}  {machine['tsc_mhz'] * 1e6 / rate:14.1f}")
    small, large, start = results["small"], results["large"], results["start"]
    lines += [
        "",
        f"instructions a reply, process():  {small['instructions']:.1f} with one address, "
        f"{large['instructions']:.1f} with 4,000",
        f"table, bytes an address:          {large['bytes_per_address']:.1f} with 4,000",
        f"busy ratio under this load:       {results['busy']:.2f}",
        f"from exec to the first answer:    {start['answering_s']:.3f} s; "
        f"to BACKUP: {start['backup_s']:.3f} s",
        "",
        f"{machine['cpu']}, {machine['cpus']} CPUs, {machine['tsc_mhz']:.0f} MHz, "
        f"load {machine['load']:.2f} at the start",
    ]
    return "\n".join(lines)
