// SPDX-License-Identifier: BSD-3-Clause
//
// What the words of an ifconfig command make of a virtual host, checked as carp.ini is (I2.6)
// before the engine hears of it. Used by the console's commands. Pure; changes nothing.
//
// Where interface.md is silent it is as on FreeBSD: an address without `alias` takes the place of
// the first one; the first address brings a virtual host up and settles its interface, the one
// with an own address in the same subnet (I2.3); without addresses it has no interface.
#pragma once

#include <string>

#include "lib/control/engine.h"
#include "lib/control/ifconfig_args.h"
#include "lib/net/result.h"

namespace carp::control {

// What Engine::set_vhost wants.
struct Change {
  proto::VhostConfig config;
  dataplane::InterfaceIndex interface = kNoInterface;
};

// As `ifconfig carpN create` makes it: down, without vhid, address and interface.
[[nodiscard]] proto::VhostConfig created_vhost(std::string name);

// What `args` make of `before`, or the first fault: it never holds a password. Of `args` only what
// describes a virtual host counts: not create, destroy and state.
[[nodiscard]] net::Result<Change, std::string> change_vhost(const Engine& engine,
                                                            const proto::VhostConfig& before,
                                                            const IfconfigArgs& args);

}  // namespace carp::control
