// SPDX-License-Identifier: BSD-3-Clause
#include "app/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "lib/dpdk/log.h"
#include "lib/dpdk/start_error.h"

namespace carp::app {
namespace {

using control::ReadConfig;
using control::Remark;
using control::to_text;
using control::Unreadable;
using dpdk::ExitCode;
using dpdk::StartError;
using Content = net::Result<std::string, Unreadable>;

// No configuration or pass phrase is larger; a device or a log given by mistake is.
constexpr size_t kFileBytesMax = size_t{4} << 20;

[[nodiscard]] Content read_all(int file) {
  std::string text;
  char part[4096];
  while (true) {
    const ssize_t n = read(file, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Unreadable{std::strerror(errno)};
    if (n == 0) return text;
    text.append(part, static_cast<size_t>(n));
    if (text.size() > kFileBytesMax) return Unreadable{"larger than 4 MiB"};
  }
}

[[nodiscard]] Content read_file(const std::string& path) {
  // Not blocking: a FIFO without a writer is no configuration.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return Unreadable{std::strerror(errno)};
  Content content = read_all(file);
  close(file);
  return content;
}

[[nodiscard]] bool others_can_read(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace

ReadConfig read_config_file(const std::string& path) {
  const Content content = read_file(path);
  if (!content)
    throw StartError(ExitCode::config, path + ": cannot be read: " + content.error().reason +
                                           "; name the configuration with --config FILE");
  return control::read_config(content.value(), {read_file, others_can_read(path)});
}

int check_config(const std::string& path) {
  const ReadConfig read = read_config_file(path);
  for (const Remark& fault : read.faults) std::cout << to_text(path, fault) << '\n';
  for (const Remark& warning : read.warnings)
    std::cout << to_text(path, {warning.line, "warning: " + warning.message}) << '\n';
  if (read.config)
    for (const std::string& item : read.config->unsupported)
      std::cout << path << ": warning: not carried out by this version: " << item << '\n';
  if (!read.config) return static_cast<int>(ExitCode::config);
  std::cout << path << ": configuration ok\n";
  return static_cast<int>(ExitCode::ok);
}

control::Config require_config(const std::string& path) {
  ReadConfig read = read_config_file(path);
  for (const Remark& warning : read.warnings)
    dpdk::log(dpdk::LogType::control, dpdk::LogLevel::warning, to_text(path, warning));
  if (!read.config) {
    for (const Remark& fault : read.faults) std::cerr << to_text(path, fault) << '\n';
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
