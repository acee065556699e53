// SPDX-License-Identifier: BSD-3-Clause
//
// The metrics server and its clients, rude ones above all (I4.2).
#include "lib/control/metrics_server.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <list>
#include <mutex>
#include <thread>

#include "lib/dpdk/start_error.h"
#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

constexpr Endpoint kAnyPort{{INADDR_LOOPBACK}, 0};

class MetricsServed : public testing::Test {
 protected:
  // Waits for more or the end; the deadline is only for tests that fail.
  static bool wait_for(Client& client, const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (;;) {
      client.receive();
      if (done()) return true;
      if (std::chrono::steady_clock::now() > deadline) return false;
      pollfd wanted{client.descriptor(), POLLIN, 0};
      ::poll(&wanted, 1, 1000);
    }
  }
  static std::string read_to_end(Client& client) {
    EXPECT_TRUE(wait_for(client, [&] { return client.is_closed; }));
    return client.received;
  }
  std::string say(std::string_view request) {
    Client client(server.listens_on());
    client.send(request);
    return read_to_end(client);
  }
  std::string scrape() { return say("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"); }

  [[nodiscard]] bool was_logged(const std::string& line) {
    const std::lock_guard lock(mutex);
    return log.find(line) != std::string::npos;
  }

  std::string text = "carp_demotion 0\n";
  std::atomic<bool> has_page{true};
  std::mutex mutex;  // of the log, which the server's thread writes
  std::string log;
  MetricsServer server{
      kAnyPort, [this] { return has_page ? std::make_shared<const std::string>(text) : nullptr; },
      [this](const std::string& line) {
        const std::lock_guard lock(mutex);
        log += line + '\n';
      }};
};

[[nodiscard]] std::string status_of(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

TEST_F(MetricsServed, AScrapeGetsThePage) {
  const std::string answer = scrape();
  EXPECT_EQ(status_of(answer), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
  EXPECT_NE(answer.find("Content-Length: 16\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\ncarp_demotion 0\n")) << answer;
}

TEST_F(MetricsServed, HeadGetsTheHeaderAlone) {
  const std::string answer = say("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(answer), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("Content-Length: 16\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

struct Refused {
  const char* request;
  const char* status;
};

TEST_F(MetricsServed, WhatIsNotAScrapeIsRefused) {
  const std::string large = "GET /metrics HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n";
  const Refused rows[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 Not Found"},
      {"GET /metricsx HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 Not Found"},
      {"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.1 404 Not Found"},
      {"POST /metrics HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
       "HTTP/1.1 405 Method Not Allowed"},
      {"DELETE /metrics HTTP/1.0\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"},
      {"show vhosts\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"\x16\x03\x01\x02\x01\x01", "HTTP/1.1 400 Bad Request"},
      {"GET /metrics HTTP/9.9\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {large.c_str(), "HTTP/1.1 431 Request Header Fields Too Large"},
      {"GET /metrics?name=a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK"},
  };
  for (const Refused& row : rows) EXPECT_EQ(status_of(say(row.request)), row.status) << row.request;
  EXPECT_NE(say("POST /metrics HTTP/1.1\r\n\r\n").find("Allow: GET, HEAD\r\n"), std::string::npos);
}

TEST_F(MetricsServed, WithoutAPageItIsUnavailable) {
  has_page = false;
  EXPECT_EQ(status_of(scrape()), "HTTP/1.1 503 Service Unavailable");
  has_page = true;
  EXPECT_EQ(status_of(scrape()), "HTTP/1.1 200 OK");
}

TEST_F(MetricsServed, AConnectionIsForOneRequest) {
  Client client(server.listens_on());
  client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = read_to_end(client);
  EXPECT_EQ(answer.find("HTTP/1.1"), answer.rfind("HTTP/1.1"));
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
}

// Half requests and readers that never read: more than there are places, and a scrape gets in.
TEST_F(MetricsServed, ClientsThatNeverFinishKeepNoOneOut) {
  text.assign(8 << 20, 'x');
  std::list<Client> rude;
  for (size_t i = 0; i < 2 * kScrapesMax; ++i) {
    rude.emplace_back(server.listens_on()).send("GET /metr");
    rude.emplace_back(server.listens_on()).send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    rude.emplace_back(server.listens_on());
  }
  EXPECT_TRUE(scrape().ends_with("xxxx"));
  EXPECT_EQ(status_of(say("GET / HTTP/1.1\r\n\r\n")), "HTTP/1.1 404 Not Found");
  EXPECT_TRUE(was_logged("metrics: peer=127.0.0.1 event=crowded_out"));
  // All but the last of them were hung up on.
  size_t closed = 0;
  for (Client& client : rude) {
    if (++closed > rude.size() - kScrapesMax) break;
    EXPECT_TRUE(wait_for(client, [&] { return client.is_closed; }));
  }
}

// The time of the one that does not read began first and is over first: what lies in buffers is all
// that it gets.
TEST_F(MetricsServed, WhoNeitherSpeaksNorReadsIsHungUpOn) {
  text.assign(64 << 20, 'x');
  Client deaf(server.listens_on());
  deaf.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  pollfd answered{deaf.descriptor(), POLLIN, 0};
  ASSERT_EQ(::poll(&answered, 1, 60'000), 1);
  Client silent(server.listens_on());
  Client half(server.listens_on());
  half.send("GET /metrics HTTP/1.1\r\nHost:");
  EXPECT_EQ(read_to_end(silent), "");
  EXPECT_EQ(read_to_end(half), "");
  EXPECT_TRUE(was_logged("metrics: peer=127.0.0.1 event=timed_out"));
  EXPECT_LT(read_to_end(deaf).size(), text.size());
}

TEST_F(MetricsServed, AFloodOfScrapesIsServed) {
  std::atomic<int> served{0};
  std::list<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) served += scrape().ends_with("carp_demotion 0\n");
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, 200);
}

TEST_F(MetricsServed, APortThatIsTakenIsNamed) {
  try {
    const MetricsServer second(
        server.listens_on(), [] { return nullptr; }, [](const auto&) {});
    FAIL() << "two servers on one port";
  } catch (const dpdk::StartError& error) {
    EXPECT_EQ(error.code(), dpdk::ExitCode::unavailable);
    EXPECT_EQ(
        std::string(error.what()),
        "metrics: cannot listen on TCP 127.0.0.1:" + std::to_string(server.listens_on().port) +
            ": Address already in use; stop the program that has it, or change [metrics] "
            "listen");
  }
}

}  // namespace
}  // namespace carp::control
