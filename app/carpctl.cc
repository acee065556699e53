// SPDX-License-Identifier: BSD-3-Clause
//
// dpdk-carpctl: one console command from a shell, for scripts and monitors (I3.6).
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "app/control_client.h"

namespace {

// sysexits(3) where it has a code; 1 is a command that was refused.
constexpr int kOk = 0;
constexpr int kRefused = 1;
constexpr int kUsage = 64;
constexpr int kUnavailable = 69;

constexpr std::string_view kHelp =
    "usage: dpdk-carpctl [-s SOCKET] COMMAND ...\n"
    "       dpdk-carpctl --help | --version\n"
    "\n"
    "Runs one console command in a running dpdk-carp and prints its answer.\n"
    "\n"
    "  -s SOCKET    the [control] socket of carp.ini (/run/dpdk-carp/control.sock)\n"
    "\n"
    "Examples:\n"
    "  dpdk-carpctl show vhosts\n"
    "  dpdk-carpctl ifconfig carp0 down '&&' ifconfig carp0 up\n"
    "\n"
    "Exit status: 0 done, 1 refused (the error is on stderr), 64 usage,\n"
    "69 no running dpdk-carp answers.\n";

struct Arguments {
  std::string socket = "/run/dpdk-carp/control.sock";
  std::string line;
};

// The words after the options, joined by blanks; nothing where they make no command line.
[[nodiscard]] std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  int next = 1;
  if (next < argc && std::string_view(argv[next]) == "-s") {
    if (next + 1 >= argc) return std::nullopt;
    arguments.socket = argv[next + 1];
    next += 2;
  }
  if (next < argc && std::string_view(argv[next]) == "--") ++next;
  if (next >= argc || argv[next][0] == '-') return std::nullopt;
  arguments.line = argv[next];
  while (++next < argc) arguments.line.append(" ").append(argv[next]);
  // A line end inside would make two commands of which one answer is judged.
  if (arguments.line.find_first_of("\r\n") != std::string::npos) return std::nullopt;
  if (arguments.line.find_first_not_of(" \t") == std::string::npos) return std::nullopt;
  return arguments;
}

void print(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

// What was refused prints nothing on stdout, so that no script takes half an answer for one. What
// stands before the error belongs to it: the faults of a file, what was done before.
[[nodiscard]] int report(const carp::app::Answer& answer) {
  if (!answer.error().empty()) {
    print(stderr, answer.text);
    return kRefused;
  }
  print(stdout, answer.text);
  if (std::fflush(stdout) == 0) return kOk;
  print(stderr, "dpdk-carpctl: cannot write the answer to stdout\n");
  return kRefused;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--help" || first == "-h") {
    print(stdout, kHelp);
    return kOk;
  }
  if (first == "--version") {
    print(stdout, "dpdk-carpctl " DPDK_CARP_VERSION "\n");
    return kOk;
  }
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    print(stderr, "dpdk-carpctl: expected one command line; try dpdk-carpctl --help\n");
    return kUsage;
  }
  const auto answer = carp::app::ask(arguments->socket, arguments->line);
  if (!answer) {
    print(stderr, "dpdk-carpctl: " + answer.error().text + '\n');
    return kUnavailable;
  }
  return report(answer.value());
}
