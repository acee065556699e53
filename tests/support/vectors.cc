// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/vectors.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace carp::support {
namespace {

[[nodiscard]] nlohmann::json load() {
  std::ifstream file(CARP_VECTORS_FILE);
  if (!file) throw std::runtime_error("cannot open " CARP_VECTORS_FILE);
  return nlohmann::json::parse(file).at("vectors");
}

[[nodiscard]] const nlohmann::json& all() {
  static const nlohmann::json loaded = load();
  return loaded;
}

[[nodiscard]] Vector make_vector(const nlohmann::json& entry) {
  return {entry.at("id"), entry.value("note", ""), entry};
}

}  // namespace

std::vector<Vector> vectors(std::string_view kind) {
  std::vector<Vector> found;
  for (const auto& entry : all()) {
    if (entry.at("kind") == kind) found.push_back(make_vector(entry));
  }
  if (found.empty()) throw std::runtime_error("no vectors of kind " + std::string(kind));
  return found;
}

Vector vector_by_id(std::string_view id) {
  for (const auto& entry : all()) {
    if (entry.at("id") == id) return make_vector(entry);
  }
  throw std::runtime_error("no vector " + std::string(id));
}

std::string vector_name(const testing::TestParamInfo<Vector>& info) {
  std::string name = info.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

net::Frame hex_field(const nlohmann::json& object, std::string_view key) {
  auto bytes = net::from_hex(object.at(std::string(key)).get<std::string>());
  if (!bytes) throw std::runtime_error("not hexadecimal: " + std::string(key));
  return *std::move(bytes);
}

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.id << ": " << vector.note; }

}  // namespace carp::support
