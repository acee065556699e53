// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/saved_config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "lib/control/commands_reply.h"
#include "lib/control/config_password.h"
#include "lib/control/config_update.h"
#include "lib/control/replace_file.h"

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

[[nodiscard]] std::string why_not_executable(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return std::strerror(errno);
  if (!S_ISREG(status.st_mode)) return "it is no ordinary file";
  return access(path.c_str(), X_OK) == 0 ? "" : std::strerror(errno);
}

[[nodiscard]] Surroundings surroundings_of(const std::string& path) {
  return {read_file, others_can_read(path), why_not_executable};
}

[[nodiscard]] bool is_missing(const std::string& path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) != 0 && errno == ENOENT;
}

// The file behind symbolic links, which stay; empty where there is none.
[[nodiscard]] std::string real_path(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  std::string result = real == nullptr ? "" : real;
  std::free(real);
  return result;
}

[[nodiscard]] bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

[[nodiscard]] Reply left_alone(const std::string& path, const std::string& why) {
  return error("write: " + why + "; " + path + " was left as it was");
}

[[nodiscard]] Reply write_new(const std::string& path, const Config& running) {
  const auto text = new_config(path, running, surroundings_of(path));
  if (!text) return text.error();
  const std::string failure = replace_file(path, text.value());
  return failure.empty() ? answer() : error("write: " + failure);
}

}  // namespace

net::Result<ReadConfig, Unreadable> read_saved_config(const std::string& path) {
  const Content content = read_file(path);
  if (!content) return content.error();
  return read_config(content.value(), surroundings_of(path));
}

Content read_console_password(const std::string& path) {
  Content content = read_file(path);
  if (!content) return content;
  const std::string_view password = password_in(content.value());
  if (password.empty()) return Unreadable{"it is empty"};
  return std::string(password);
}

Reply write_saved_config(const std::string& path, const Config& running) {
  if (is_missing(path)) return write_new(path, running);
  const std::string real = real_path(path);
  struct stat before = {};
  if (real.empty() || stat(real.c_str(), &before) != 0)
    return error("write: " + path + ": " + std::strerror(errno));
  if (!S_ISREG(before.st_mode)) return left_alone(path, "it is no ordinary file");
  const Content content = read_file(real);
  if (!content) return left_alone(path, "it cannot be read: " + content.error().reason);

  const auto text = update_config(path, content.value(), running, surroundings_of(real));
  if (!text) return text.error();
  if (text.value() == content.value()) return answer();
  struct stat now = {};
  if (stat(real.c_str(), &now) != 0 || !is_same(before, now))
    return left_alone(path, "somebody else writes it just now");
  const std::string failure =
      replace_file(real, text.value(), {before.st_mode & ALLPERMS, before.st_uid, before.st_gid});
  return failure.empty() ? answer() : left_alone(path, failure);
}

}  // namespace carp::control
