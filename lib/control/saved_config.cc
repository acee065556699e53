// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/saved_config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace carp::control {
namespace {

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

net::Result<ReadConfig, Unreadable> read_saved_config(const std::string& path) {
  const Content content = read_file(path);
  if (!content) return content.error();
  return read_config(content.value(), {read_file, others_can_read(path)});
}

}  // namespace carp::control
