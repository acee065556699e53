// SPDX-License-Identifier: BSD-3-Clause
#include "app/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "lib/dpdk/start_error.h"

namespace carp::app {
namespace {

namespace po = boost::program_options;
using dpdk::ExitCode;
using dpdk::StartError;

[[nodiscard]] po::options_description description() {
  po::options_description own("Options of dpdk-carp");
  own.add_options()                                                                         //
      ("config", po::value<std::string>()->value_name("FILE"), "configuration (carp.ini)")  //
      ("check", po::bool_switch(),
       "check the configuration and exit: 0, or 78 with every fault")  //
      ("against", po::value<std::string>()->value_name("FILE"),
       "with --check: compare with the carp.ini of another host of the group")  //
      ("log-level", po::value<std::string>()->value_name("LEVEL"),
       "error, warning, notice, info or debug")           //
      ("help", po::bool_switch(), "print this and exit")  //
      ("version", po::bool_switch(), "print the versions of program, DPDK and OpenSSL and exit");
  return own;
}

[[nodiscard]] po::variables_map parse_own(const std::vector<std::string>& words) {
  const po::options_description own = description();
  po::variables_map values;
  try {
    // Whole option names only: an abbreviation could become another option's one day.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(own).style(style).positional({}).run(),
              values);
    po::notify(values);
  } catch (const po::error& error) {
    throw StartError(ExitCode::usage, std::string(error.what()) + "; see dpdk-carp --help");
  }
  return values;
}

[[nodiscard]] Mode mode_of(const po::variables_map& values) {
  if (values["help"].as<bool>()) return Mode::help;
  if (values["version"].as<bool>()) return Mode::version;
  return values["check"].as<bool>() ? Mode::check : Mode::run;
}

[[nodiscard]] std::optional<dpdk::LogLevel> log_level_of(const po::variables_map& values) {
  if (values.count("log-level") == 0) return std::nullopt;
  const auto& word = values["log-level"].as<std::string>();
  const auto level = dpdk::parse_log_level(word);
  if (!level)
    throw StartError(ExitCode::usage,
                     "--log-level: " + word + " is none of error, warning, notice, info, debug");
  return level;
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const auto separator = std::find(words.begin(), words.end(), "--");
  const bool separated = separator != words.end();

  Options options;
  options.eal_arguments.assign(words.begin(), separated ? separator : words.begin() + 1);
  const po::variables_map values =
      parse_own({separated ? separator + 1 : words.begin() + 1, words.end()});
  options.mode = mode_of(values);
  options.log_level = log_level_of(values);
  if (values.count("config") != 0) options.config_file = values["config"].as<std::string>();
  if (values.count("against") != 0) options.against_file = values["against"].as<std::string>();

  const bool reads_config = options.mode == Mode::run || options.mode == Mode::check;
  if (reads_config && options.config_file.empty())
    throw StartError(ExitCode::usage, "--config FILE is missing; see dpdk-carp --help");
  if (options.mode == Mode::run && values.count("against") != 0)
    throw StartError(ExitCode::usage, "--against FILE goes with --check; see dpdk-carp --help");
  if (options.mode == Mode::run && !separated)
    throw StartError(ExitCode::usage,
                     "no -- before the program's own options: dpdk-carp -l 0-3 -- --config FILE");
  return options;
}

std::string usage() {
  std::ostringstream text;
  text << "Usage: dpdk-carp [EAL options] -- --config FILE [--check [--against FILE]] [--log-level "
          "LEVEL]\n"
          "       dpdk-carp --help | --version\n\n"
          "An appliance that speaks CARP: the main lcore runs control, every other lcore is a\n"
          "worker. For example: dpdk-carp -l 0-3 -- --config carp.ini\n\n"
       << description()
       << "\nThe -- may be left out with --check, --help and --version. EAL options are those of\n"
          "every DPDK program: -l, -a, --vdev, --file-prefix, --no-huge, ...\n";
  return text.str();
}

}  // namespace carp::app
