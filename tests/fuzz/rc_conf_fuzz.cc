// SPDX-License-Identifier: BSD-3-Clause
//
// Lines of an rc.conf: each by itself, and all of them as the section [rc.conf] of a carp.ini.
//
// What must hold: what a line means stays the same in other quotes and with a comment behind it;
// and for the whole what config_properties.h says.
#include "lib/control/rc_conf.h"
#include "tests/fuzz/config_properties.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

namespace carp::fuzz {
namespace {

using control::parse_rc_line;
using control::RcVariable;

constexpr std::string_view kHead =
    "[interface fxp0]\n"
    "port = 0000:01:00.0\n"
    "address = 192.168.1.3/24\n"
    "[interface em1.7]\n"
    "port = 0000:02:00.0\n"
    "vlan = 7\n"
    "[rc.conf]\n";

void check_same(const RcVariable& variable, const std::string& line) {
  const auto parsed = parse_rc_line(line);
  must(parsed.ok() && parsed.value() == variable, "other quotes change nothing");
}

void check_line(std::string_view line) {
  const auto parsed = parse_rc_line(line);
  if (!parsed) {
    must(!parsed.error().empty(), "a line that is refused has a reason");
    return;
  }
  const RcVariable& variable = parsed.value();
  must(!variable.name.empty(), "a variable has a name");
  if (!control::is_meaningful_rc_variable(variable.name)) {
    must(variable.value.empty(), "a variable that means nothing has no value");
    return;
  }
  if (variable.value.find('\'') == std::string::npos) {
    check_same(variable, variable.name + "='" + variable.value + "'");
  }
  if (variable.value.find_first_of("\"\\$`") == std::string::npos) {
    check_same(variable, ' ' + variable.name + "=\"" + variable.value + "\" # a comment");
  }
}

void run(std::string_view text) {
  check_config(std::string(kHead) + std::string(text));
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    check_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace
}  // namespace carp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  carp::fuzz::run(carp::fuzz::text_of({data, size}));
  return 0;
}
