// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_editor.h"

#include <algorithm>
#include <array>

#include "lib/control/config_lines.h"
#include "lib/control/config_settings.h"
#include "lib/control/rc_conf.h"

namespace carp::control {
namespace {

using proto::VhostConfig;

constexpr std::array<std::string_view, 3> kPassKeys = {"pass", "pass_file", "pass_hex"};

[[nodiscard]] bool is_pass_key(std::string_view key) {
  return std::ranges::find(kPassKeys, key) != kPassKeys.end();
}

// Is `key` one under which this setting may stand?
[[nodiscard]] bool is_key_of(const Setting& setting, std::string_view key) {
  return key == setting.key || (is_pass_key(setting.key) && is_pass_key(key));
}

[[nodiscard]] const VhostConfig* find(const std::vector<VhostConfig>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &VhostConfig::name);
  return found == all.end() ? nullptr : &*found;
}

// A text whose lines are numbered as its reader numbers them, however it is edited.
class Lines {
 public:
  explicit Lines(std::string_view text) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      lines_.push_back({std::string(text.substr(0, end)), {}, true});
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!lines_.empty() && lines_.front().text.ends_with('\r')) end_ = "\r\n";
  }

  [[nodiscard]] std::string& text(int number) { return at(number).text; }
  void remove(int number) { at(number).stays = false; }
  void add_after(int number, const std::string& line) { at(number).after += line + end_; }
  // Behind the last line; `text` ends its lines by \n.
  void append(std::string_view text) {
    for (const char c : text) tail_ += c == '\n' ? end_ : std::string(1, c);
  }

  // Each line but a last one without a line end as it was; that one gets one if more follows.
  [[nodiscard]] std::string join(bool ended) const {
    std::string text;
    for (const Line& line : lines_) {
      if (line.stays) text += line.text + '\n';
      text += line.after;
    }
    if (!ended && !lines_.empty() && lines_.back().stays && lines_.back().after.empty() &&
        tail_.empty())
      text.pop_back();
    return text + tail_;
  }

 private:
  struct Line {
    std::string text;   // with its CR, without its LF
    std::string after;  // whole lines that come behind it
    bool stays = true;
  };
  Line& at(int number) { return lines_[static_cast<size_t>(number) - 1]; }

  std::vector<Line> lines_;
  std::string tail_;
  std::string end_ = "\n";
};

// `key = old # why` with another value; what stands around that is kept.
void replace_value(std::string& line, std::string_view old, const std::string& value) {
  const size_t at = line.find(old, line.find('=') + 1);
  line.replace(at, old.size(), value);
}

class Editor {
 public:
  Editor(std::string_view text, const Config& said, const Config& wanted)
      : text_(text), lines_(text), said_(said), wanted_(wanted) {}

  [[nodiscard]] std::string run() {
    Findings none;
    const std::vector<Section> sections = split_sections(text_, none);
    for (const Section& section : sections) edit(section);
    if (!has_sysctl_) append_sysctl();
    for (const VhostConfig& vhost : wanted_.vhosts)
      if (find(said_.vhosts, vhost.name) == nullptr) append(vhost);
    return lines_.join(text_.ends_with('\n'));
  }

 private:
  void edit(const Section& section) {
    if (section.kind == "rc.conf") return edit_rc_conf(section);
    if (section.kind == "sysctl") {
      has_sysctl_ = true;
      return change(section, settings_of(said_.sysctl), settings_of(wanted_.sysctl));
    }
    const VhostConfig* said = find(said_.vhosts, section.kind);
    if (said == nullptr) return;
    const VhostConfig* wanted = find(wanted_.vhosts, section.kind);
    if (wanted == nullptr) return remove(section);
    change(section, settings_of(*said, Passwords::shown), settings_of(*wanted, Passwords::shown));
  }

  // Requires: the same keys in the same order.
  void change(const Section& section, const Settings& said, const Settings& wanted) {
    for (size_t i = 0; i < said.size(); ++i)
      if (said[i].key != wanted[i].key || said[i].values != wanted[i].values)
        change(section, wanted[i]);
  }

  // The first line of the key becomes all of them. A value that stands there already keeps its
  // line, a single one its comment.
  void change(const Section& section, const Setting& wanted) {
    std::vector<const Entry*> entries;
    for (const Entry& entry : section.entries)
      if (is_key_of(wanted, entry.key)) entries.push_back(&entry);
    if (entries.size() == 1 && wanted.values.size() == 1 && entries[0]->key == wanted.key &&
        !is_pass_key(wanted.key)) {
      return replace_value(lines_.text(entries[0]->line), entries[0]->value, wanted.values[0]);
    }
    const int place = entries.empty() ? last_line(section) : entries.front()->line;
    for (const std::string& value : wanted.values) {
      const auto kept = std::ranges::find_if(entries, [&](const Entry* entry) {
        return entry->key == wanted.key && entry->value == value;
      });
      lines_.add_after(place, kept == entries.end() ? wanted.key + " = " + value
                                                    : without_cr(lines_.text((*kept)->line)));
    }
    for (const Entry* entry : entries) lines_.remove(entry->line);
  }

  [[nodiscard]] static std::string without_cr(std::string line) {
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

  [[nodiscard]] static int last_line(const Section& section) {
    return section.entries.empty() ? section.line : section.entries.back().line;
  }

  void remove(const Section& section) {
    for (int line = section.line; line <= last_line(section); ++line) lines_.remove(line);
  }

  // Lines of rc.conf say everything of a virtual host at once: what differs gets a section.
  void edit_rc_conf(const Section& section) {
    std::vector<std::string> leaving;
    for (const VhostConfig& said : said_.vhosts) {
      const VhostConfig* wanted = find(wanted_.vhosts, said.name);
      if (wanted != nullptr && *wanted == said) continue;
      if (!remove_from_rc_conf(section, said.name)) continue;
      leaving.push_back(said.name);
      if (wanted != nullptr) append(*wanted);
    }
    for (const Entry& entry : section.entries) {
      const auto variable = parse_rc_line(entry.value);
      if (variable && variable.value().name == "cloned_interfaces" && !leaving.empty())
        uncloned(entry.line, variable.value().value, leaving);
    }
  }

  // False where it does not stand there.
  [[nodiscard]] bool remove_from_rc_conf(const Section& section, const std::string& name) {
    bool found = false;
    for (const Entry& entry : section.entries) {
      const auto variable = parse_rc_line(entry.value);
      if (!variable) continue;
      const std::string& text = variable.value().name;
      if (text != "ifconfig_" + name && !text.starts_with("ifconfig_" + name + "_alias")) continue;
      lines_.remove(entry.line);
      found = true;
    }
    return found;
  }

  void uncloned(int line, std::string_view value, const std::vector<std::string>& leaving) {
    std::string names;
    for (const std::string& name : split_words(value))
      if (std::ranges::find(leaving, name) == leaving.end())
        names += (names.empty() ? "" : " ") + name;
    lines_.remove(line);
    if (!names.empty()) lines_.add_after(line, "cloned_interfaces=\"" + names + '"');
  }

  void append_sysctl() {
    const Settings said = settings_of(said_.sysctl);
    const Settings wanted = settings_of(wanted_.sysctl);
    std::string text;
    for (size_t i = 0; i < said.size(); ++i)
      if (said[i] != wanted[i]) text += wanted[i].key + " = " + wanted[i].values[0] + '\n';
    if (!text.empty()) lines_.append("\n[sysctl]\n" + text);
  }

  void append(const VhostConfig& vhost) {
    lines_.append('\n' + section_text(vhost, Passwords::shown));
  }

  std::string_view text_;
  Lines lines_;
  const Config& said_;
  const Config& wanted_;
  bool has_sysctl_ = false;
};

}  // namespace

std::string edit_config(std::string_view text, const Config& said, const Config& wanted) {
  return Editor(text, said, wanted).run();
}

}  // namespace carp::control
