#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sends one IGMP query as a router does.

  igmp_query.py INTERFACE VERSION [GROUP [VLAN]]

Without a group, or with 0.0.0.0, it is a general one. Answers may take a second.
"""

import sys

from scapy.all import IP, Dot1Q, Ether, IPOption_Router_Alert, conf, get_if_hwaddr, sendp
from scapy.contrib.igmp import IGMP
from scapy.contrib.igmpv3 import IGMPv3, IGMPv3mq

TENTHS = 10


def message(version, group):
    if version == 3:
        return IGMPv3(type=0x11, mrcode=TENTHS) / IGMPv3mq(gaddr=group, qrv=2, qqic=125)
    code = TENTHS if version == 2 else 0
    return IGMP(type=0x11, mrcode=code, gaddr=group)


def main():
    interface, version = sys.argv[1], int(sys.argv[2])
    group = sys.argv[3] if len(sys.argv) > 3 else "0.0.0.0"
    tag = Dot1Q(vlan=int(sys.argv[4])) if len(sys.argv) > 4 else None
    target = "224.0.0.1" if group == "0.0.0.0" else group
    conf.verb = 0
    mac = "01:00:5e:00:00:%02x" % int(target.rsplit(".", 1)[1])
    frame = Ether(src=get_if_hwaddr(interface), dst=mac)
    if tag is not None:
        frame = frame / tag
    frame = frame / IP(src="192.168.1.254", dst=target, ttl=1, tos=0xC0,
                       options=[IPOption_Router_Alert()])
    sendp(frame / message(version, group), iface=interface)


if __name__ == "__main__":
    main()
