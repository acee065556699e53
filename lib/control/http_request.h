// SPDX-License-Identifier: BSD-3-Clause
//
// Recognises the first line of an HTTP request. A web page can make the browser of whoever looks
// at it send requests to ports of this machine, with commands in their bodies; the console hangs
// up on them (I3.1). Pure.
#pragma once

#include <string_view>

namespace carp::control {

// `line`: a first line, or the beginning of one that is too long.
[[nodiscard]] inline bool is_http_request(std::string_view line) {
  constexpr std::string_view kMethods[] = {"GET ",     "HEAD ",    "POST ",  "PUT ",   "DELETE ",
                                           "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ", "PRI "};
  for (const std::string_view method : kMethods) {
    if (line.starts_with(method)) return true;
  }
  return line.find(" HTTP/") != std::string_view::npos;
}

}  // namespace carp::control
