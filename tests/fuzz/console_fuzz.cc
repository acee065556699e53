// SPDX-License-Identifier: BSD-3-Clause
//
// What a client may send to the console, through a session, the commands and the engine. An input
// is a byte that says which talk it is (lines, telnet by a script, telnet by keys), one that says
// in what pieces it comes, and what the client sends. A line `@N` lets N milliseconds pass.
//
// What must hold: in other pieces the same is executed and answered; answers can be shown on a
// terminal and give no password away; after each command the running configuration could be started
// with; every topic of `show` is a table and a JSON document.
#include <algorithm>

#include "lib/control/config_lines.h"
#include "lib/control/config_update.h"
#include "lib/control/config_values.h"
#include "lib/control/reconfigure_engine.h"
#include "lib/control/show.h"
#include "lib/proto/key.h"
#include "tests/control/command_rig.h"
#include "tests/fuzz/config_properties.h"
#include "tests/fuzz/config_text.h"
#include "tests/fuzz/dialogue.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

namespace carp::control {
namespace {

using fuzz::must;

constexpr uint32_t kWaitMsMax = 100'000;
constexpr int kStepsMax = 60;     // of the engine in a wait
constexpr size_t kLinesMax = 40;  // that are executed

[[nodiscard]] Config start_config() {
  proto::VhostConfig first = vhost("carp0", 1, "192.168.1.50/24");
  first.key = proto::key_from_pass(fuzz::kSecret);
  return lab_config({first, vhost("carp1", 2, "192.168.1.50/24", {1, 100})});
}

[[nodiscard]] bool is_printable(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t'; });
}

// One appliance with one operator.
class Desk {
 public:
  Desk() {
    rig_.view.versions = {"dpdk-carp 0.1.0"};
    rig_.view.workers = {{.lcore = 1, .received = 7, .queues = {"net_tap0 rx 0"}}};
    rig_.view.ports = {{.port = 0, .driver = "net_tap"}, {.port = 1, .driver = "net_tap"}};
  }
  [[nodiscard]] const Answerer& answerer() const noexcept { return answerer_; }
  [[nodiscard]] const std::vector<std::string>& executed() const noexcept { return executed_; }
  void check_topics();

 private:
  [[nodiscard]] Reply answer(std::string_view line);
  [[nodiscard]] Reply answer_rest(const Waiting& waiting);
  [[nodiscard]] Completion complete(std::string_view before_cursor) const;
  [[nodiscard]] Reply reload();
  [[nodiscard]] static Reply save(Config running);
  void check_answer(const Reply& reply);
  void wait(std::string_view ms);
  void check_configuration();

  CommandRig rig_{start_config()};
  Config checked_;
  std::vector<std::string> executed_;
  Answerer answerer_{
      .execute = [this](std::string_view line, Access) { return answer(line); },
      .resume = [this](const Waiting& waiting, Access) { return answer_rest(waiting); },
      .complete = [this](std::string_view before) { return complete(before); },
  };
};

Reply Desk::answer(std::string_view line) {
  executed_.emplace_back(line);
  if (executed_.size() > kLinesMax) return {.quit = true};
  if (line.starts_with('@')) {
    wait(line.substr(1));
    return {};
  }
  Reply reply = rig_.type(line);
  check_answer(reply);
  return reply;
}

// The file is as it was at the start, and the disk answers at once.
Reply Desk::answer_rest(const Waiting& waiting) {
  if (const auto job = rig_.jobs.take())
    rig_.jobs.finish(job->kind == JobKind::reload ? reload() : save(job->running));
  Reply reply = rig_.whole(rig_.go_on(waiting));
  check_answer(reply);
  return reply;
}

Completion Desk::complete(std::string_view before_cursor) const {
  const Completion choice = rig_.commands.complete(before_cursor);
  must(choice.typed <= before_cursor.size(), "what is typed stands before the cursor");
  const auto typed = before_cursor.substr(before_cursor.size() - choice.typed);
  for (const std::string& word : choice.words) {
    must(word.starts_with(typed), "a word goes on from what is typed");
    must(is_printable(word) && word.find_first_of(" \t\n") == word.npos, "a word is one word");
  }
  must(is_printable(choice.help), "help can be shown");
  return choice;
}

Reply Desk::reload() {
  EngineRig& rig = rig_.rig;
  const ReadConfig file{start_config(), {}, {}};
  Reply reply = reload_engine(rig.engine(), "carp.ini", file, rig.now(), rig.out());
  must(running_config(rig.engine()) == start_config(), "after a reload runs what the file says");
  return reply;
}

Reply Desk::save(Config running) {
  for (InterfaceConfig& interface : running.interfaces) interface.port = "port_" + interface.name;
  const auto text = new_config("carp.ini", running, {});
  if (!text) {
    must(text.error().text.find(" lacks ") != std::string::npos,
         "all that is complete can be saved");
    return text.error();
  }
  must(fuzz::read_text(text.value()).config == running, "what was saved is what runs");
  return {};
}

void Desk::check_answer(const Reply& reply) {
  must(reply.text.empty() || reply.text.ends_with('\n'), "an answer ends with its line");
  const size_t last = reply.text.rfind('\n', reply.text.size() < 2 ? 0 : reply.text.size() - 2);
  const auto last_line =
      std::string_view(reply.text).substr(last == reply.text.npos ? 0 : last + 1);
  must(!reply.error || last_line.starts_with("error: "), "an error says that it is one (I3.2)");
  check_configuration();
}

void Desk::wait(std::string_view ms) {
  const auto number = parse_whole(ms, 0, kWaitMsMax);
  if (!number) return;
  EngineRig& rig = rig_.rig;
  const proto::TimePoint end = rig.now() + std::chrono::milliseconds(number.value());
  for (int step = 0; step < kStepsMax && rig.engine().next_deadline() < end; ++step) {
    rig.set_time(std::max(rig.now(), rig.engine().next_deadline()));
    rig.pass();
  }
  rig.set_time(end);
  rig.pass();
}

// What commands made is checked as carp.ini is: it could stand there (I2.6). But for those that
// lack a vhid or an address, as they are between `create` and the next command.
void Desk::check_configuration() {
  const Engine& engine = rig_.rig.engine();
  Config config = engine.config();
  config.vhosts.clear();
  for (const auto& entry : engine.vhosts()) {
    if (entry->config.vhid == 0 || entry->config.addresses.empty()) continue;
    config.vhosts.push_back(entry->config);
  }
  for (InterfaceConfig& interface : config.interfaces) interface.port = "port_" + interface.name;
  if (std::exchange(checked_, config) == config) return;
  const ReadConfig read = fuzz::read_text(fuzz::ini_of(config));
  must(read.faults.empty(), "the running configuration could be started with");
  must(read.config == config, "the running configuration means the same in a file");
}

void Desk::check_topics() {
  const ShowInput input{rig_.rig.engine(), rig_.view, rig_.rig.now()};
  for (const std::string& topic : split_words(show_topics(" "))) {
    const auto text = show(topic, ShowForm::text, input);
    const auto document = show(topic, ShowForm::json, input);
    must(text && is_printable(*text) && text->ends_with('\n'), "a topic is a table");
    must(document && is_printable(*document) && document->ends_with('\n'), "a topic is a line");
    must(nlohmann::json::accept(*document), "a topic is a JSON document");
    for (const auto& shown : {*text, *document}) {
      must(shown.find(fuzz::kSecret) == std::string::npos, "a topic gives no password away (I5.3)");
    }
  }
}

// Who talks, and what is offered him: a session is as patient as it takes for that.
struct Client {
  Talk talk = Talk::plain;
  bool waits = false;  // for the prompt
};

struct Talked {
  std::string answers;
  std::vector<std::string> executed;
  bool was_cut_off = false;  // before the client had finished: it talked HTTP (I3.1)
};

// `piece` 0: all at once.
[[nodiscard]] Talked talk_with(std::string_view sent, Client client, size_t piece) {
  Desk desk;
  fuzz::Dialogue dialogue(client.talk, desk.answerer(), std::chrono::hours(client.waits ? 0 : 1));
  for (size_t at = 0; at < sent.size();) {
    const std::string_view part = sent.substr(at, piece == 0 ? sent.npos : piece);
    dialogue.send(part);
    at += part.size();
  }
  const bool was_cut_off = !dialogue.is_open();
  must(!was_cut_off || client.talk == Talk::telnet, "nobody is cut off on the UNIX socket");
  dialogue.end();
  if (piece == 0) desk.check_topics();
  return {dialogue.answers(), desk.executed(), was_cut_off};
}

// True where each occurrence follows the word `pass`.
[[nodiscard]] bool stands_as_password_only(std::string_view sent) {
  for (size_t at = sent.find(fuzz::kSecret); at != sent.npos;
       at = sent.find(fuzz::kSecret, at + 1)) {
    if (!sent.substr(0, at).ends_with(" pass ")) return false;
  }
  return true;
}

void run(fuzz::Input input) {
  constexpr Client kClients[] = {{Talk::plain}, {Talk::telnet}, {Talk::telnet, true}};
  const Client client = kClients[input.take_byte() % std::size(kClients)];
  const size_t piece = size_t{input.take_byte()} + 1;
  const std::string_view sent = fuzz::text_of(input.take_rest());
  const Talked at_once = talk_with(sent, client, 0);
  must(client.talk == Talk::telnet || is_printable(at_once.answers),
       "what comes back can be shown");
  // DO ECHO: what is typed comes back.
  const bool is_edited =
      client.talk == Talk::telnet && sent.find("\xff\xfd\x01") != std::string_view::npos;
  must(is_edited || !stands_as_password_only(sent) ||
           at_once.answers.find(fuzz::kSecret) == std::string::npos,
       "what comes back gives no password away (I5.3)");
  const Talked in_pieces = talk_with(sent, client, piece);
  must(in_pieces.was_cut_off == at_once.was_cut_off, "in other pieces it is cut off as well");
  must(in_pieces.executed == at_once.executed, "in other pieces the same is executed");
  // What telnet had to say just before it was cut off may be lost, and a line that is edited is
  // shown once for each piece.
  must(at_once.was_cut_off || is_edited || in_pieces.answers == at_once.answers,
       "in other pieces the same is answered");
}

}  // namespace
}  // namespace carp::control

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  carp::control::run({data, size});
  return 0;
}
