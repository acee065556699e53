// SPDX-License-Identifier: BSD-3-Clause
#include "app/config_file.h"

#include <iostream>

#include "lib/control/config_against.h"
#include "lib/control/saved_config.h"
#include "lib/dpdk/journal.h"
#include "lib/dpdk/log.h"
#include "lib/dpdk/start_error.h"

namespace carp::app {
namespace {

using control::ReadConfig;
using control::Remark;
using control::to_text;
using dpdk::ExitCode;
using dpdk::StartError;

void print_check(const std::string& path, const ReadConfig& read) {
  for (const Remark& fault : read.faults) std::cout << to_text(path, fault) << '\n';
  for (const Remark& warning : read.warnings)
    std::cout << to_text(path, {warning.line, "warning: " + warning.message}) << '\n';
  if (!read.config) return;
  for (const std::string& item : read.config->unsupported)
    std::cout << path << ": warning: not carried out by this version: " << item << '\n';
  std::cout << path << ": configuration ok\n";
}

}  // namespace

ReadConfig read_config_file(const std::string& path) {
  auto read = control::read_saved_config(path);
  if (!read)
    throw StartError(ExitCode::config, path + ": cannot be read: " + read.error().reason +
                                           "; name the configuration with --config FILE");
  return std::move(read.value());
}

int check_config(const std::string& path) {
  const ReadConfig read = read_config_file(path);
  print_check(path, read);
  return static_cast<int>(read.config ? ExitCode::ok : ExitCode::config);
}

int check_against(const std::string& path, const std::string& peer_path) {
  const ReadConfig read = read_config_file(path);
  print_check(path, read);
  const ReadConfig peer = read_config_file(peer_path);
  print_check(peer_path, peer);
  if (!read.config || !peer.config) return static_cast<int>(ExitCode::config);
  const auto [apart, notes] =
      control::compare_hosts({path, *read.config}, {peer_path, *peer.config});
  for (const std::string& line : apart) std::cout << line << '\n';
  for (const std::string& line : notes) std::cout << line << '\n';
  if (apart.empty()) {
    std::cout << path << ": makes a group with " << peer_path << '\n';
    return static_cast<int>(ExitCode::ok);
  }
  std::cout << path << ": makes no group with " << peer_path << ": " << apart.size()
            << " difference(s)\n";
  return static_cast<int>(ExitCode::config);
}

control::Config require_config(const std::string& path) {
  ReadConfig read = read_config_file(path);
  for (const Remark& warning : read.warnings)
    dpdk::log(dpdk::LogType::control, dpdk::LogLevel::warning, to_text(path, warning));
  if (!read.config) {
    for (const Remark& fault : read.faults)
      std::cerr << dpdk::journal_prefix(dpdk::LogLevel::error) << to_text(path, fault) << '\n';
    throw StartError(ExitCode::config, path + ": " + std::to_string(read.faults.size()) +
                                           " fault(s); mend them and try dpdk-carp --check");
  }
  if (!read.config->unsupported.empty()) {
    std::string wanted;
    for (const std::string& item : read.config->unsupported)
      wanted += (wanted.empty() ? "" : ", ") + item;
    throw StartError(ExitCode::config,
                     path + ": not carried out by this version: " + wanted + "; take it out");
  }
  return std::move(*read.config);
}

}  // namespace carp::app
