// SPDX-License-Identifier: BSD-3-Clause
//
// What this program makes of frames: hexadecimal digits on standard input, one frame a line, and
// for each a line out. `advert` and its fields, or the reason why a worker or the parser refuses.
// Compared with other decoders by advert_test.
#include <iostream>
#include <string>

#include "lib/dataplane/process.h"
#include "lib/net/bytes.h"
#include "lib/proto/wire.h"

namespace carp {
namespace {

constexpr net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x0a}};
constexpr uint16_t kVlan = 100;

[[nodiscard]] const char* name_of(proto::Refusal refusal) {
  switch (refusal) {
    case proto::Refusal::bad_ttl: return "bad_ttl";
    case proto::Refusal::bad_length: return "bad_length";
    case proto::Refusal::bad_sum: return "bad_sum";
    default: return "never";  // the rest needs a virtual host
  }
}

void print(const proto::Advert& advert) {
  std::cout << "advert source=" << to_string(advert.source) << " version=" << int{advert.version}
            << " type=" << int{advert.type} << " vhid=" << int{advert.vhid}
            << " advbase=" << int{advert.pace.advbase} << " advskew=" << int{advert.pace.advskew}
            << " authlen=" << int{advert.authlen} << " demote=" << int{advert.demotion}
            << " counter=" << advert.counter << " digest=" << net::to_hex(advert.digest) << '\n';
}

void decode(net::Frame frame, const dataplane::ForwardTable& table) {
  const dataplane::Reason reason = dataplane::process(frame, 0, table, 0);
  if (!dataplane::is_advert(reason)) {
    std::cout << dataplane::info_of(reason).name << '\n';
    return;
  }
  const auto parsed = proto::parse_advert(frame);
  if (parsed) return print(parsed.value());
  std::cout << name_of(parsed.error()) << '\n';
}

[[nodiscard]] int run() {
  const dataplane::LeaseBoard leases;
  const dataplane::ForwardTable table(1, leases,
                                      {{0, net::kUntagged, kPortMac}, {0, kVlan, kPortMac}});
  for (std::string line; std::getline(std::cin, line);) {
    const auto frame = net::from_hex(line);
    if (!frame) return 1;
    decode(*frame, table);
  }
  return 0;
}

}  // namespace
}  // namespace carp

int main() { return carp::run(); }
