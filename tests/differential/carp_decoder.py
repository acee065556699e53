# SPDX-License-Identifier: BSD-3-Clause
"""The decoder of advertisements a second time, in another language and from the specification.

`decode(frame)` answers as decode_adverts does: ("advert", fields), or (reason, {}). It expects the
same interfaces: a port with the MAC PORT_MAC, untagged and with VLAN 100.
"""

import ipaddress
import struct

PORT_MAC = bytes.fromhex("02000000000a")
VLANS = (0, 100)


def ones_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def decode(frame):
    """The checks in the order of C92 and C93."""
    if len(frame) < 14:
        return "too_short", {}
    payload, vlan = 14, 0
    ether_type = struct.unpack_from("!H", frame, 12)[0]
    if ether_type == 0x8100:
        if len(frame) < 18:
            return "too_short", {}
        tag, ether_type = struct.unpack_from("!HH", frame, 14)
        payload, vlan = 18, tag % 4096
    if vlan not in VLANS:
        return "unknown_vlan", {}
    if ether_type != 0x0800:
        return {0x86DD: "ipv6", 0x0806: "arp"}.get(ether_type, "ether_type"), {}
    return decode_datagram(frame[:6], frame[payload:])


def decode_datagram(destination, packet):
    if len(packet) < 20:
        return "too_short", {}
    head, total, fragment, ttl, proto = struct.unpack_from("!BxHxxHBB", packet)
    size = head % 16 * 4
    if head // 16 != 4 or not 20 <= size <= len(packet):
        return "ip_malformed", {}
    if ones_sum(packet[:size]) != 0xFFFF:
        return "ip_checksum", {}
    if not size <= total <= len(packet):
        return "ip_malformed", {}
    if proto != 112:
        return "other protocol", {}
    if fragment & 0x3FFF:
        return "ip_fragment", {}
    if not destination[0] & 1 and destination != PORT_MAC:
        return "other_host", {}
    if ttl != 255:
        return "bad_ttl", {}
    source = str(ipaddress.IPv4Address(packet[12:16]))
    return decode_carp(source, packet[size:total])


def decode_carp(source, carp):
    if len(carp) < 36:
        return "bad_length", {}
    if ones_sum(carp[:36]) != 0xFFFF:
        return "bad_sum", {}
    first, vhid, skew, authlen, demote, base, counter = struct.unpack_from("!6BxxQ", carp)
    if authlen != 7:
        return "bad_length", {}
    return "advert", {"source": source, "version": first // 16, "type": first % 16, "vhid": vhid,
                      "advbase": base, "advskew": skew, "authlen": authlen, "demote": demote,
                      "counter": counter, "digest": carp[16:36].hex()}
