// SPDX-License-Identifier: BSD-3-Clause
//
// Counts tables made and freed. A table has no hook for that, and needs none but here: this
// program's operator delete looks each object of a table's size up among the tables made.
#pragma once

#include <cstdint>
#include <memory>

#include "lib/dataplane/table.h"

namespace carp::race {

// From now on this table counts.
void count_table(const dataplane::ForwardTable* table);
// Tables counted that are still in memory, and how many were freed. Any thread.
[[nodiscard]] uint64_t tables_alive();
[[nodiscard]] uint64_t tables_freed();

}  // namespace carp::race
