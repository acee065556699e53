// SPDX-License-Identifier: BSD-3-Clause
//
// carp.ini files for the tests of its reader, with made-up files behind pass_file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/control/config_reader.h"

namespace carp::control {

using FakeFiles = std::map<std::string, std::string>;

// Seven lines without a fault; rows add theirs from line 8 on.
inline const std::string kGoodFile =
    "[interface lan0]\n"
    "port = 0000:01:00.0\n"
    "address = 192.168.1.3/24\n"
    "[carp0]\n"
    "vhid = 1\n"
    "pass = testpass\n"
    "address = 192.168.1.50/24\n";

[[nodiscard]] ReadConfig read_file_text(const std::string& text, const FakeFiles& files = {},
                                        bool readable_by_others = false);
// "LINE: message" of each.
[[nodiscard]] std::vector<std::string> texts(const std::vector<Remark>& remarks);
// The faults of kGoodFile with `more` behind it, then of `text` alone.
[[nodiscard]] std::vector<std::string> faults_after_good(const std::string& more);
[[nodiscard]] std::vector<std::string> faults_of(const std::string& text);
// Requires: the text has no fault; a test fails where it has one.
[[nodiscard]] Config config_of(const std::string& text, const FakeFiles& files = {});

}  // namespace carp::control
