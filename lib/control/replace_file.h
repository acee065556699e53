// SPDX-License-Identifier: BSD-3-Clause
//
// Replaces a file as a whole or not at all: whoever reads it, and whatever happens meanwhile, finds
// the old text or the new one. Blocks: the helper's thread, or at the end.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace carp::control {

// What the new file shall be like; by default our own and for nobody else.
struct FileLook {
  mode_t mode = 0600;
  std::optional<uid_t> owner;
  std::optional<gid_t> group;
};

// Writes `path`.new in the same folder and renames it. Returns why it could not, or nothing; then
// the old file is as it was.
[[nodiscard]] std::string replace_file(const std::string& path, const std::string& text,
                                       const FileLook& look = {});

}  // namespace carp::control
