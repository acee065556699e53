// SPDX-License-Identifier: BSD-3-Clause
//
// From a pass phrase, a pass_file or a pass_hex to the key of a virtual host (D2, I2.5). No
// message made here holds any part of a password. Pure but for the file reader handed in.
#pragma once

#include <string>
#include <string_view>

#include "lib/control/config_keys.h"
#include "lib/control/config_reader.h"
#include "lib/proto/vhost_config.h"

namespace carp::control {

struct PassKey {
  proto::Key key;
  bool cut = false;  // longer than the 19 bytes that a key takes
};

// Requires: !pass.empty().
[[nodiscard]] PassKey pass_key(std::string_view pass);

inline constexpr const char* kPassCut =
    "the password is longer than 19 bytes and is cut there, as ifconfig(8) does";

// Why carp.ini or rc.conf cannot carry such a password, for the message (I2.5).
inline constexpr const char* kPassNotCarried =
    "a password with a '#', a quote, or a blank at an end would be cut or changed here; use "
    "pass_file or pass_hex";
// True for '#' and quotes.
[[nodiscard]] bool holds_special(std::string_view text);

// The password in a file whose content this is: all of it but one line end (D2).
[[nodiscard]] std::string_view password_in(std::string_view content);

// The keys pass, pass_file and pass_hex, of which a section may hold one; whoever reads the
// section checks that with `check_one_password`. The references must outlive `keys`.
void add_password_keys(Keys& keys, proto::Key& key, const Surroundings& surroundings,
                       Findings& findings);
void check_one_password(const KeyLines& lines, const Section& section, Findings& findings);
// The warning for a virtual host without any (D2).
[[nodiscard]] std::string no_password(std::string_view vhost);

}  // namespace carp::control
