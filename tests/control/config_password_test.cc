// SPDX-License-Identifier: BSD-3-Clause
//
// Passwords on their way from the file to the key (D2, I2.5), and that no message holds one (I5.3).
#include <gmock/gmock.h>

#include "lib/proto/key.h"
#include "tests/control/config_test_files.h"

namespace carp::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kNotCarried =
    "a password with a '#', a quote, or a blank at an end would be cut or changed here; use "
    "pass_file or pass_hex";

// `line` stands in line 6.
[[nodiscard]] ReadConfig read_with(const std::string& line, const FakeFiles& files = {}) {
  return read_file_text(
      "[interface lan0]\nport = p\naddress = 192.168.1.3/24\n[carp0]\nvhid = 1\n" + line +
          "\naddress = 192.168.1.50/24\n",
      files);
}

[[nodiscard]] proto::Key key_of(const std::string& line, const FakeFiles& files = {}) {
  const ReadConfig read = read_with(line, files);
  EXPECT_THAT(texts(read.faults), IsEmpty()) << line;
  return read.config ? read.config->vhosts.at(0).key : proto::Key{};
}

TEST(ConfigPassword, PassIsTakenAsItIs) {
  EXPECT_EQ(key_of("pass = testpass"), proto::key_from_pass("testpass"));
  EXPECT_EQ(key_of("pass=testpass\r"), proto::key_from_pass("testpass"));
  EXPECT_EQ(key_of("\tpass\t=\ttest"), proto::key_from_pass("test"));
  EXPECT_EQ(key_of("pass = two words = one"), proto::key_from_pass("two words = one"));
  EXPECT_EQ(key_of("pass = \xc3\xa4;[x]$"), proto::key_from_pass("\xc3\xa4;[x]$"));
}

TEST(ConfigPassword, PassThatTheFileWouldChangeIsAFault) {
  for (const auto* line :
       {"pass = te#st", "pass = #test", "pass = testpass # comment", "pass = testpass ",
        "pass =  testpass", "pass = testpass\t\r", "pass = \"test\"", "pass = it's"}) {
    const ReadConfig read = read_with(line);
    EXPECT_THAT(texts(read.faults), ElementsAre("6: pass: " + kNotCarried)) << line;
  }
  for (const auto* line : {"pass =", "pass = ", "pass = \t\r"}) {
    EXPECT_THAT(texts(read_with(line).faults), ElementsAre("6: pass: has no value")) << line;
  }
}

TEST(ConfigPassword, PassIsCutAtNineteenBytesWithAWarning) {
  const std::string nineteen = "1234567890123456789";
  EXPECT_THAT(texts(read_with("pass = " + nineteen).warnings), IsEmpty());
  const ReadConfig read = read_with("pass = " + nineteen + "0");
  EXPECT_THAT(texts(read.warnings),
              ElementsAre("6: the password is longer than 19 bytes and is cut there, as "
                          "ifconfig(8) does"));
  ASSERT_TRUE(read.config);
  EXPECT_EQ(read.config->vhosts[0].key, proto::key_from_pass(nineteen));
}

TEST(ConfigPassword, NoneAtAllIsAWarning) {
  const ReadConfig read = read_with("# none");
  EXPECT_THAT(texts(read.warnings),
              ElementsAre("4: carp0 has no password: anybody on its segment can take part"));
  ASSERT_TRUE(read.config);
  EXPECT_EQ(read.config->vhosts[0].key, proto::Key{});
}

TEST(ConfigPassword, PassFileLosesOneLineEnd) {
  const std::string line = "pass_file = /k";
  EXPECT_EQ(key_of(line, {{"/k", "te#st "}}), proto::key_from_pass("te#st "));
  EXPECT_EQ(key_of(line, {{"/k", "test\n"}}), proto::key_from_pass("test"));
  EXPECT_EQ(key_of(line, {{"/k", "test\r\n"}}), proto::key_from_pass("test"));
  EXPECT_EQ(key_of(line, {{"/k", "test\n\n"}}), proto::key_from_pass("test\n"));
  EXPECT_EQ(key_of(line, {{"/k", "test\r"}}), proto::key_from_pass("test\r"));
  EXPECT_THAT(read_with(line, {{"/k", std::string(20, 'x')}}).warnings.size(), 1U);
}

// An empty credential must not become the all-zero key (D2).
TEST(ConfigPassword, PassFileWithoutAPasswordIsAFault) {
  const std::string line = "pass_file = /k";
  EXPECT_THAT(texts(read_with(line).faults),
              ElementsAre("6: pass_file: /k cannot be read: No such file or directory"));
  for (const auto* content : {"", "\n", "\r\n"}) {
    EXPECT_THAT(texts(read_with(line, {{"/k", content}}).faults),
                ElementsAre("6: pass_file: /k is empty"));
  }
  EXPECT_THAT(texts(read_with(line, {{"/k", std::string(3, '\0')}}).faults),
              ElementsAre("6: pass_file: /k holds nothing but zero bytes"));
}

TEST(ConfigPassword, PassHexTakesTwentyBytes) {
  const std::string twenty = "000102030405060708090a0b0c0d0e0f10111213";
  const proto::Key key = key_of("pass_hex = " + twenty);
  for (uint8_t i = 0; i < 20; ++i) EXPECT_EQ(key.bytes[i], i);
  EXPECT_EQ(key_of("pass_hex = 41").bytes[0], 0x41);
  for (const std::string& digits : {twenty + "14", std::string("4"), std::string("414"),
                                    std::string("4x"), std::string("0x41")}) {
    EXPECT_THAT(
        texts(read_with("pass_hex = " + digits).faults),
        ElementsAre("6: pass_hex: 2 to 40 hexadecimal digits, an even number, were expected"));
  }
  EXPECT_THAT(texts(read_with("pass_hex = 0000").faults),
              ElementsAre("6: pass_hex: all zero means no password; leave the key out for that"));
}

TEST(ConfigPassword, OnlyOneOfTheThreeMayBeGiven) {
  EXPECT_THAT(texts(read_with("pass = a\npass_hex = 41\npass_file = /k", {{"/k", "a"}}).faults),
              ElementsAre("8: only one of pass, pass_file and pass_hex may stand in [carp0]"));
}

TEST(ConfigPassword, FileThatOthersCanReadIsAWarningWhereItHoldsOne) {
  EXPECT_THAT(texts(read_file_text(kGoodFile, {}, true).warnings),
              ElementsAre("6: a password stands here and others than the owner can read the file"));
  EXPECT_THAT(texts(read_file_text(kGoodFile, {}, false).warnings), IsEmpty());
  const std::string no_password = "[interface lan0]\nport = p\n";
  EXPECT_THAT(texts(read_file_text(no_password, {}, true).warnings), IsEmpty());
}

// Whatever happens to a byte of the file, no message holds the password or a half of it.
TEST(ConfigPassword, NoMessageHoldsOneHoweverTheFileIsDamaged) {
  const std::string text =
      "[interface fxp0]\nport = p\naddress = 192.168.1.3/24\n"
      "[carp0]\nvhid = 1\ninterface = fxp0\nreplay = off\npass = qzqzqzqz\n"
      "address = 192.168.1.50/24\n"
      "[rc.conf]\ncloned_interfaces=\"carp1\"\n"
      "ifconfig_carp1=\"vhid 2 advskew 100 pass qzqzqzqz 192.168.1.51/24\"\n";
  ASSERT_TRUE(read_file_text(text).config);
  const auto expect_silence = [](const std::string& damaged) {
    const ReadConfig read = read_file_text(damaged);
    for (const auto& remarks : {texts(read.faults), texts(read.warnings)}) {
      for (const std::string& remark : remarks) {
        ASSERT_THAT(remark, Not(HasSubstr("qzqz"))) << damaged;
      }
    }
  };
  const std::string nasty("#\"' =[]\0;$/:x9\xff", 16);
  for (size_t at = 0; at < text.size(); ++at) {
    if (HasFatalFailure()) return;
    expect_silence(text.substr(0, at));
    expect_silence(text.substr(at));
    std::string shorter = text;
    expect_silence(shorter.erase(at, 1));
    for (const char byte : nasty) {
      std::string damaged = text;
      damaged[at] = byte;
      expect_silence(damaged);
      expect_silence(damaged.insert(at, 1, text[at]));
    }
  }
}

}  // namespace
}  // namespace carp::control
