// SPDX-License-Identifier: BSD-3-Clause
#include "tests/sim/querier.h"

#include "lib/net/ethernet.h"
#include "tests/support/frames.h"

namespace carp::sim {

using std::chrono::milliseconds;

Querier::Querier(World& world, StationId id, const QuerierPlan& plan)
    : world_(world), id_(id), plan_(plan), random_(world.scenario().seed * 271 + id) {}

// Now and then about the CARP group alone, as after a leave; version 1 knows general queries only,
// and no time to answer in.
void Querier::ask() {
  asked_at_ = world_.now();
  support::QuerySpec query;
  if (plan_.version > 1 && random_.chance(200)) query.group = net::kCarpGroup;
  query.code = plan_.version == 1 ? 0 : static_cast<uint8_t>(plan_.answer_tenths);
  query.size = plan_.version == 3 ? 12 : 8;
  world_.wire(plan_.lan).send(
      std::make_shared<Parcel>(Parcel{support::query_frame(query), id_, Origin::router}));
  world_.schedule().after(random_.between(plan_.interval / 2, plan_.interval), [this] { ask(); });
}

}  // namespace carp::sim
