// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace carp::control {
namespace {

[[nodiscard]] std::string why(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

[[nodiscard]] bool write_all(int file, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

// The owner first: a change of it takes bits from the mode.
[[nodiscard]] bool take_look(int file, const FileLook& look) {
  struct stat status = {};
  if (fstat(file, &status) != 0) return false;
  const uid_t owner = look.owner.value_or(status.st_uid);
  const gid_t group = look.group.value_or(status.st_gid);
  if ((owner != status.st_uid || group != status.st_gid) && fchown(file, owner, group) != 0)
    return false;
  return fchmod(file, look.mode) == 0;
}

// The disk has the new text before it has the name for it.
[[nodiscard]] std::string fill(int file, const std::string& name, const std::string& text,
                               const FileLook& look) {
  if (!write_all(file, text)) return why("cannot write " + name);
  if (!take_look(file, look)) return why("cannot keep owner and mode in " + name);
  if (fsync(file) != 0) return why("cannot write " + name);
  return "";
}

// Best effort: the file is whole either way, with its old or its new text.
void sync_folder(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  (void)fsync(file);
  close(file);
}

}  // namespace

std::string replace_file(const std::string& path, const std::string& text, const FileLook& look) {
  const std::string fresh = path + ".new";
  // What an interrupted run left behind, or somebody put there to be written through.
  (void)unlink(fresh.c_str());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return why("cannot make " + fresh);
  std::string failure = fill(file, fresh, text, look);
  // Some file systems tell here that there was no room.
  if (close(file) != 0 && failure.empty()) failure = why("cannot write " + fresh);
  if (failure.empty() && rename(fresh.c_str(), path.c_str()) != 0)
    failure = why("cannot replace " + path);
  if (failure.empty()) {
    sync_folder(path);
  } else {
    (void)unlink(fresh.c_str());
  }
  return failure;
}

}  // namespace carp::control
