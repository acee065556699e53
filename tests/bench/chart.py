# SPDX-License-Identifier: BSD-3-Clause
"""The rates of scripts/bench as a small picture: bars beside that of io, one group for each kind of
pages. Text, so that a difference between two runs can be read in the commit.
"""

from xml.sax.saxutils import escape

WHO = [("io", "io: sends frames back unread", "#9aa5b1"),
       ("macswap", "macswap: swaps two addresses", "#9aa5b1"),
       ("icmpecho", "icmpecho: answers every ARP request", "#9aa5b1"),
       ("carp", "dpdk-carp", "#c0392b"),
       ("carp large", "dpdk-carp, 4,000 addresses, VLANs", "#d98880")]
WIDTH, LEFT, ROW, BAR, HEAD = 720, 250, 22, 15, 30
FULL = WIDTH - LEFT - 60  # of the longest bar


def bars(rates, top, longest):
    lines = []
    for row, (name, words, colour) in enumerate(WHO):
        y = top + row * ROW
        ratio = rates[name] / rates["io"]
        length = ratio / longest * FULL
        lines += [f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(words)}</text>',
                  f'<rect x="{LEFT}" y="{y}" width="{length:.0f}" height="{BAR}" fill="{colour}"/>',
                  f'<text x="{LEFT + length + 6:.0f}" y="{y + 12}">{ratio:.2f}</text>']
    return lines


def draw(results, path):
    groups = results["pages"]
    longest = max(group["rates"][name] / group["rates"]["io"]
                  for group in groups.values() for name, _, _ in WHO)
    height = len(groups) * (HEAD + len(WHO) * ROW) + 10
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
             f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    top = 0
    for pages, group in groups.items():
        lines.append(f'<text x="{LEFT}" y="{top + 20}" font-weight="bold">'
                     f'Frames a second on one core, {escape(pages)}; io is 1</text>')
        lines += bars(group["rates"], top + HEAD, longest)
        top += HEAD + len(WHO) * ROW
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines + ["</svg>"]) + "\n")
