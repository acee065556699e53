// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/link_monitor.h"

#include <utility>

#include "lib/dpdk/start_error.h"

namespace carp::control {
namespace {

constexpr proto::Duration kLinkPause = std::chrono::milliseconds(10);
// Who makes an interface sets it up in several steps.
constexpr proto::Duration kRevivalPause = std::chrono::seconds(1);

void say(Outbox& out, LogLevel level, std::string text) {
  out.log.push_back({LogTopic::control, level, std::move(text)});
}

[[nodiscard]] std::string gone_text(const dpdk::Port& port) {
  const std::string what = "port=" + port.name() + " event=gone: ";
  if (port.kernel_name().empty())
    return what + "the device was removed or reset; restart when it is back";
  return what + "the kernel interface " + port.kernel_name() +
         " was deleted; it is taken up again when there is one of that name";
}

}  // namespace

LinkMonitor::LinkMonitor(dpdk::Runtime& runtime) : runtime_(runtime) {
  for (const auto& port : runtime.ports()) ports_.push_back({.port = port.get()});
}

void LinkMonitor::poll(Engine& engine, proto::TimePoint now, Outbox& out) {
  if (now < due_) return;
  due_ = now + kLinkPause;
  for (Watched& watched : ports_) {
    watch(watched, now, out);
    // The engine knows the last state and does nothing where it is the same.
    engine.on_link(watched.port->id(), watched.port->link().up, now, out);
  }
}

void LinkMonitor::watch(Watched& watched, proto::TimePoint now, Outbox& out) {
  const dpdk::Presence presence = watched.port->presence();
  if (presence == dpdk::Presence::there) return;
  if (!std::exchange(watched.told_gone, true)) say(out, LogLevel::error, gone_text(*watched.port));
  if (presence == dpdk::Presence::back && now >= watched.try_at) revive(watched, now, out);
}

// Tried again and again, and said once.
void LinkMonitor::revive(Watched& watched, proto::TimePoint now, Outbox& out) {
  watched.try_at = now + kRevivalPause;
  try {
    runtime_.revive(*watched.port);
  } catch (const dpdk::StartError& error) {
    if (!std::exchange(watched.told_failure, true)) say(out, LogLevel::error, error.what());
    return;
  }
  watched.told_gone = watched.told_failure = false;
  say(out, LogLevel::notice, "port=" + watched.port->name() + " event=revived");
}

}  // namespace carp::control
