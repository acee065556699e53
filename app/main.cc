// SPDX-License-Identifier: BSD-3-Clause
//
// dpdk-carp: from the command line to an exit code (interface.md, section 1).
#include <exception>
#include <iostream>
#include <string>

#include "app/appliance.h"
#include "app/config_file.h"
#include "app/options.h"
#include "lib/dpdk/journal.h"
#include "lib/dpdk/start_error.h"

namespace {

using carp::app::Mode;
using carp::app::Options;
using carp::dpdk::ExitCode;

[[nodiscard]] int run(const Options& options) {
  switch (options.mode) {
    case Mode::help: std::cout << carp::app::usage(); break;
    case Mode::version:
      for (const std::string& version : carp::app::versions()) std::cout << version << '\n';
      break;
    case Mode::check:
      return options.against_file.empty()
                 ? carp::app::check_config(options.config_file)
                 : carp::app::check_against(options.config_file, options.against_file);
    case Mode::run:
      carp::dpdk::log_to_journal(options.eal_arguments);
      if (options.log_level) carp::dpdk::set_log_level(*options.log_level);
      carp::app::run_appliance(options, carp::app::require_config(options.config_file));
      break;
  }
  return static_cast<int>(ExitCode::ok);
}

void complain(const std::string& what) {
  std::cerr << carp::dpdk::journal_prefix(carp::dpdk::LogLevel::error) << "dpdk-carp: " << what
            << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(carp::app::parse_options(argc, argv));
  } catch (const carp::dpdk::StartError& error) {
    complain(error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    complain("internal error: " + std::string(error.what()) + "; please report it");
    return static_cast<int>(ExitCode::internal);
  }
}
