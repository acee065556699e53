// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/switchovers.h"

#include <array>
#include <cstdio>
#include <utility>

#include "lib/control/commands_reply.h"

namespace carp::control {
namespace {

using proto::State;
using proto::TimePoint;

// 5.2 ms, 3.41 s.
[[nodiscard]] std::string text_of(proto::Duration time) {
  const auto us = static_cast<double>(time.count());
  std::array<char, 32> text{};
  if (us < 1e6) {
    std::snprintf(text.data(), text.size(), "%.1f ms", us / 1e3);
  } else {
    std::snprintf(text.data(), text.size(), "%.2f s", us / 1e6);
  }
  return text.data();
}

}  // namespace

Switchovers::Ticket Switchovers::begin(Engine& engine, const std::vector<std::string>& names,
                                       TimePoint now, Outbox& out) {
  for (const std::string& name : names) engine.switch_over(name, now, out);
  auto reply = std::make_shared<std::optional<Reply>>();
  courses_.push_back({names, now, names.size(), {}, {}, reply});
  return reply;
}

void Switchovers::poll(const Engine& engine, TimePoint now) {
  for (Course& course : courses_) {
    for (const std::string& name : std::exchange(course.names, {})) look(engine, course, name, now);
    if (course.names.empty()) *course.reply = report(course);
  }
  std::erase_if(courses_, [](const Course& course) { return course.names.empty(); });
}

void Switchovers::look(const Engine& engine, Course& course, const std::string& name,
                       TimePoint now) {
  const VhostEntry* entry = engine.find_vhost(name);
  const auto keep = [&](const std::string& why) { course.kept.push_back(name + ": " + why); };
  if (entry == nullptr) return keep("it was removed meanwhile");
  if (entry->master_heard_at > course.began) {
    std::string text = name + ": " + to_string(entry->master) + " is MASTER, nobody answered for " +
                       text_of(entry->master_heard_at - course.began);
    if (engine.config().sysctl.preempt && entry->stays_back)
      text += "; this host does not preempt it until it has been MASTER again";
    course.taken.push_back(std::move(text));
    return;
  }
  const std::string waited = text_of(now - course.began);
  switch (entry->vhost.state) {
    case State::master:
      return keep("nobody took over for " + waited + ", this host is MASTER again");
    case State::init: return keep("nobody took over for " + waited + ", it is INIT here now");
    case State::backup: break;
  }
  if (now >= course.began + kSwitchoverPatience)
    return keep("nobody took over for " + waited +
                ", this host becomes MASTER again when its master down time is over");
  course.names.push_back(name);
}

// The last line is the error (I3.2).
Reply Switchovers::report(const Course& course) {
  std::string text;
  for (const std::string& line : course.taken) text += line + '\n';
  if (course.kept.empty()) return answer(std::move(text));
  if (course.count > 1)
    for (const std::string& line : course.kept) text += line + '\n';
  Reply reply =
      error(course.count == 1 ? "switchover: " + course.kept.front()
                              : "switchover: " + std::to_string(course.kept.size()) + " of " +
                                    std::to_string(course.count) + " were not taken over");
  reply.text.insert(0, text);
  return reply;
}

}  // namespace carp::control
