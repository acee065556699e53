// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/commands.h"

#include <algorithm>
#include <array>

#include "lib/control/commands_reply.h"
#include "lib/control/config_values.h"
#include "lib/control/reconfigure_engine.h"
#include "lib/control/show.h"

namespace carp::control {
namespace {

constexpr uint32_t kDemoteMax = 1'000'000;

}  // namespace

const std::span<const Commands::Entry> Commands::kCommands = [] {
  static constexpr std::array kTable{
      Entry{"ifconfig", &Commands::ifconfig,
            "ifconfig [carpN]                        display one virtual host, or all\n"
            "ifconfig carpN create | destroy         ifconfig carp create picks the next N\n"
            "ifconfig carpN [vhid N] [advbase N] [advskew N] [pass WORD] [up | down]\n"
            "               [ADDRESS/LENGTH [alias | delete]]\n"
            "ifconfig carpN state master | backup    take over, or hand over, now\n",
            &Commands::follow_ifconfig},
      Entry{"sysctl", &Commands::sysctl,
            "sysctl net.inet.carp                    read allow, preempt, log, arpbalance, ...\n"
            "sysctl net.inet.carp.NAME=VALUE         set one of them\n",
            &Commands::follow_sysctl},
      Entry{"show", &Commands::show_topic,
            "show TOPIC [json]                       a table, or one JSON document; show ? lists\n"
            "                                        the topics\n",
            &Commands::follow_show},
      Entry{"demote", &Commands::demote,
            "demote [+N | -N]                        show the demotion, add to it, take back\n"},
      Entry{"switchover", &Commands::switchover,
            "switchover carpN | all                  hand over, wait, and say how long nobody "
            "answered\n",
            &Commands::follow_switchover},
      Entry{"maintenance", &Commands::maintenance,
            "maintenance [on | off]                  demote this host and hand over all, also "
            "after a\n"
            "                                        restart; or take that back\n",
            &Commands::follow_maintenance},
      Entry{"reload", &Commands::reload,
            "reload                                  read carp.ini again, apply what differs\n"},
      Entry{"write", &Commands::write,
            "write                                   save what runs to carp.ini\n"},
      Entry{"shutdown", &Commands::shut_down,
            "shutdown                                hand over and end the program\n"},
      Entry{"quit", &Commands::quit,
            "quit                                    end this session; exit does the same\n"},
      Entry{"exit", &Commands::quit},
      Entry{"help", &Commands::help,
            "help                                    this text; ? in a line: what may follow\n"},
      Entry{"?", &Commands::help},
  };
  return std::span<const Entry>(kTable);
}();

Reply Commands::execute(std::string_view line, Access access, const RuntimeView& view,
                        proto::TimePoint now, Outbox& out) {
  const auto commands = split_line(line);
  if (!commands) return error(commands.error());
  return run_all({}, commands.value(), access, view, now, out);
}

Reply Commands::resume(const Waiting& waiting, Access access, const RuntimeView& view,
                       proto::TimePoint now, Outbox& out) {
  Reply first = waiting.pieces ? tell(waiting.pieces, {engine_, view, now}) : **waiting.outcome;
  return run_all(std::move(first), waiting.rest, access, view, now, out);
}

// Goes on after an answer until the first error, the end of the session or something to wait for.
Reply Commands::run_all(Reply all, std::span<const Words> commands, Access access,
                        const RuntimeView& view, proto::TimePoint now, Outbox& out) {
  for (; !commands.empty() && !all.error && !all.quit && !all.waiting;
       commands = commands.subspan(1)) {
    const std::span<const std::string> words = commands.front();
    Reply reply = run({words.front(), words.subspan(1), access, view, now, out});
    reply.text.insert(0, all.text);
    all = std::move(reply);
  }
  if (!all.waiting) return all;
  Waiting waiting = *all.waiting;
  waiting.rest.assign(commands.begin(), commands.end());
  all.waiting = std::make_shared<const Waiting>(std::move(waiting));
  return all;
}

Reply Commands::run(const Call& call) {
  const auto known = std::ranges::find(kCommands, call.name, &Entry::name);
  if (known != kCommands.end()) return (this->*known->command)(call);
  std::string names;
  for (const Entry& entry : kCommands)
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return error("unknown command; there are " + names);
}

// A piece of an answer; the session asks for the next one.
Reply Commands::tell(std::shared_ptr<const Pieces> pieces, const ShowInput& input) {
  Reply reply;
  const bool goes_on = (*pieces)(input, reply.text);
  if (goes_on)
    reply.waiting = std::make_shared<const Waiting>(Waiting{.pieces = std::move(pieces)});
  return reply;
}

Reply Commands::show_topic(const Call& call) {
  const bool json = call.args.size() == 2 && call.args[1] == kJson;
  if (call.args.size() == 1 || json) {
    const ShowInput input{engine_, call.view, call.now};
    auto pieces = show_in_pieces(call.args[0], json ? ShowForm::json : ShowForm::text, input);
    if (pieces) return tell(std::make_shared<const Pieces>(std::move(*pieces)), input);
  }
  return error("usage: show " + show_topics(" | ") + " [json]");
}

// Without an argument the sum is read; with one it is added, as FreeBSD's net.inet.carp.demotion
// does (C155). What is taken back is at most what was added here (D10).
Reply Commands::demote(const Call& call) {
  if (call.args.empty()) {
    return answer("demotion: " + std::to_string(engine_.demotion().total()) + '\n');
  }
  const std::string& word = call.args[0];
  if (call.args.size() > 1 || word.size() < 2 || (word[0] != '+' && word[0] != '-')) {
    return error("usage: demote [+N | -N]");
  }
  if (call.access != Access::change) return denied();
  const auto amount = parse_whole(std::string_view(word).substr(1), 1, kDemoteMax);
  if (!amount) return error("demote: " + amount.error());
  const int signless = static_cast<int>(amount.value());
  engine_.adjust_demotion(word[0] == '-' ? -signless : signless, call.now, call.out);
  return answer();
}

// Reads the file again (I2.12).
Reply Commands::reload(const Call& call) {
  return ask("reload", {.kind = JobKind::reload, .asked_at = call.now}, call);
}

// Saves what runs at this moment (I3.5).
Reply Commands::write(const Call& call) {
  ConfigJob job{.kind = JobKind::write, .asked_at = call.now, .running = running_config(engine_)};
  return ask("write", std::move(job), call);
}

// The answer comes when the disk has answered.
Reply Commands::ask(std::string_view name, ConfigJob job, const Call& call) {
  if (!call.args.empty()) return error("usage: " + std::string(name));
  if (call.access != Access::change) return denied();
  auto ticket = jobs_.ask(std::move(job));
  if (!ticket) return error(std::string(name) + ": another reload or write is under way");
  return wait_for(ticket);
}

Reply Commands::wait_for(const ConfigJobs::Ticket& ticket) {
  return {.waiting =
              std::make_shared<const Waiting>(Waiting{.outcome = {ticket, &ticket->outcome}})};
}

Reply Commands::shut_down(const Call& call) {
  if (!call.args.empty()) return error("usage: shutdown");
  if (call.access != Access::change) return denied();
  shutdown_wanted_ = true;
  return answer();
}

Reply Commands::quit(const Call&) { return {.quit = true}; }

Reply Commands::help(const Call&) { return answer(help_text()); }

}  // namespace carp::control
