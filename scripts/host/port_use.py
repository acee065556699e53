# SPDX-License-Identifier: BSD-3-Clause
"""What would be lost with a port: routes, addresses, the operator's own connection, programs.

An interface counts with all that stands on it: VLANs, bonds, bridges and what is on those.
"""

import json
import re

from host.ports import SHARING_DRIVERS, device_files
from host.processes import ancestors, open_names, processes


class Network:
    """Addresses and routes as they are when it is made."""

    def __init__(self, machine):
        self._machine = machine
        self._links = {link["ifname"]: link for link in self._ask("address", "show")}
        self._routes = {"-4": self._default_routes("-4"), "-6": self._default_routes("-6")}
        self._ssh = self._ssh_interfaces()

    def _ask(self, *words):
        return json.loads(self._machine.ask("ip", "-json", *words) or "[]")

    def _default_routes(self, family):
        """(interface, gateway) of every table: policy routing may keep the one that matters
        elsewhere than in main."""
        return [(hop["dev"], hop.get("gateway", hop.get("via", {}).get("host", "")))
                for route in self._ask(family, "route", "show", "table", "all", "default")
                for hop in [route, *route.get("nexthops", [])] if "dev" in hop]

    def _ssh_interfaces(self):
        """Those of the connection by which we were called: its own address here, and the way to
        the other end. sudo clears the environment, so that of its callers counts too."""
        peer, _, own = (ssh_connection(self._machine) or "- - -").split()[:3]
        names = {name for name, link in self._links.items()
                 if own.partition("%")[0] in addresses_of(link)}
        # A link-local address names its interface: fe80::1%eth0.
        names.update(text.partition("%")[2] for text in (peer, own))
        for route in self._ask("route", "get", peer.partition("%")[0]) if peer != "-" else []:
            names.add(route.get("dev", ""))
        return names - {"", "lo"}

    def standing_on(self, name):
        """The interface and all above it."""
        found, waiting = [], [name]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found.append(name)
                waiting += [entry.removeprefix("upper_")
                            for entry in self._machine.names(f"/sys/class/net/{name}")
                            if entry.startswith("upper_")]
        return found

    def reasons(self, interface):
        """Why it should be left alone; nothing where it may go."""
        for name in self.standing_on(interface):
            on = "" if name == interface else f" by {name}"
            link = self._links.get(name, {})
            if any(name == dev for routes in self._routes.values() for dev, _ in routes):
                yield f"carries the default route{on}"
            if name in self._ssh:
                yield f"carries your ssh connection{on}"
            addresses = [text for text in addresses_of(link) if not text.startswith("fe80:")]
            if "UP" in link.get("flags", []) and addresses:
                yield f"is up with {', '.join(addresses)}{on}"
            elif "UP" in link.get("flags", []) and name != interface:
                yield f"is part of {name}, which is up"

    def restoring_commands(self, interface):
        """What goes with an interface and does not come back with it."""
        link = self._links.get(interface, {})
        if "master" in link:
            yield f"ip link set {interface} master {link['master']}"
        if "UP" in link.get("flags", []):
            yield f"ip link set {interface} up"
        for entry in link.get("addr_info", []):
            if entry.get("scope") != "link":
                yield f"ip address add {entry['local']}/{entry['prefixlen']} dev {interface}"
        for family, routes in self._routes.items():
            for dev, gateway in routes:
                if dev == interface:
                    via = f" via {gateway}" if gateway else ""
                    yield f"ip {family} route add default{via} dev {dev}"


def addresses_of(link):
    return [entry["local"] for entry in link.get("addr_info", []) if "local" in entry]


def ssh_connection(machine):
    """"CLIENT PORT SERVER PORT" from our own environment or that of the process that started us."""
    for process in ancestors(machine):
        match = re.search(r"(?:^|\0)SSH_CONNECTION=([^\0]+)", machine.read(f"/proc/{process}/environ"))
        if match and len(match[1].split()) == 4:
            return match[1]
    return None


def users_of(machine, port):
    """Programs that drive it."""
    files = set(device_files(machine, port))
    return [process for process in processes(machine)
            if files and not files.isdisjoint(open_names(machine, process))]


def reasons_to_stay(machine, network, port):
    """Sentences without subject; none where nobody misses the port."""
    reasons = [reason for name in port.interfaces for reason in network.reasons(name)]
    reasons += [f"is driven by {process}" for process in users_of(machine, port)]
    if port.driver in SHARING_DRIVERS:
        reasons.append(f"is driven by DPDK beside {port.driver}: nothing is to be bound")
    elif port.driver and not port.is_handed_over and not port.interfaces:
        reasons.append("has an interface that is not seen here, in another network namespace perhaps")
    return reasons
