// SPDX-License-Identifier: BSD-3-Clause
//
// From the name in the configuration to DPDK's port number. Control's thread, after Eal.
#pragma once

#include <string>

#include "lib/dataplane/table.h"

namespace carp::dpdk {

// `name` is a PCI address, with or without domain, or the name of a --vdev. Throws StartError where
// there is no such port: 77 where this process may not use such ports at all, else 69 with the
// names of those there are.
[[nodiscard]] dataplane::PortId find_port(const std::string& name);

}  // namespace carp::dpdk
