// SPDX-License-Identifier: BSD-3-Clause
//
// When a member of the CARP group speaks, in virtual time.
#include "lib/proto/membership.h"

#include <gtest/gtest.h>

#include <vector>

namespace carp::proto {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr Query kGeneral{IgmpVersion::v3, true, seconds(10)};
constexpr Query kSpecific{IgmpVersion::v3, false, seconds(1)};
constexpr Query kGeneralV2{IgmpVersion::v2, true, seconds(10)};
constexpr Query kGeneralV1{IgmpVersion::v1, true, seconds(10)};

struct Said {
  TimePoint at;
  Word word;
  IgmpVersion version;
};

// A member whose link comes up at the start.
struct Member {
  explicit Member(uint64_t seed) : random(seed) { join(membership, kStart); }

  // Lets time pass, and answers what was said in it.
  std::vector<Said> run(Duration time) {
    std::vector<Said> said;
    const TimePoint end = now + time;
    while (next_deadline(membership) <= end) {
      now = std::max(now, next_deadline(membership));
      const IgmpVersion version = version_of(membership, now);
      if (const auto word = due_word(membership, now, random))
        said.push_back({now, *word, version});
    }
    now = end;
    return said;
  }
  void hear(const Query& query) { on_query(membership, query, now, random); }

  Membership membership;
  Random random;
  TimePoint now = kStart;
};

// Every property below holds whatever chance does.
template <typename Test>
void with_seeds(Test test) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    test(Member(seed));
  }
}

TEST(Membership, IsToldTwiceWhenTheLinkComesUp) {
  with_seeds([](Member member) {
    const auto said = member.run(minutes(10));
    ASSERT_EQ(said.size(), 2u);
    EXPECT_EQ(said[0].at, kStart);
    EXPECT_GT(said[1].at, kStart);
    EXPECT_LE(said[1].at, kStart + seconds(1));
    for (const Said& one : said) {
      EXPECT_EQ(one.word, Word::joined);
      EXPECT_EQ(one.version, IgmpVersion::v3);
    }
  });
}

TEST(Membership, AnswersAQueryOnceWithinItsTime) {
  with_seeds([](Member member) {
    for (const Query& query : {kGeneral, kSpecific}) {
      (void)member.run(minutes(1));
      const TimePoint asked = member.now;
      member.hear(query);
      const auto said = member.run(minutes(10));
      ASSERT_EQ(said.size(), 1u);
      EXPECT_EQ(said[0].word, Word::member);
      EXPECT_GT(said[0].at, asked);
      EXPECT_LE(said[0].at, asked + query.max_response);
    }
  });
}

// The delays of many members are spread, not all the same.
TEST(Membership, AnswersAtRandom) {
  int early = 0;
  with_seeds([&](Member member) {
    (void)member.run(minutes(1));
    const TimePoint asked = member.now;
    member.hear(kGeneral);
    early += member.run(minutes(1)).at(0).at < asked + seconds(5) ? 1 : 0;
  });
  EXPECT_GT(early, 60);
  EXPECT_LT(early, 140);
}

// RFC 3376, section 5.2: a query about the group is answered in its own, shorter time.
TEST(Membership, TheEarliestAnswerServesAllQueries) {
  with_seeds([](Member member) {
    (void)member.run(minutes(1));
    const TimePoint asked = member.now;
    member.hear(kGeneral);
    member.hear(kSpecific);
    member.hear(kGeneral);
    const auto said = member.run(minutes(1));
    ASSERT_EQ(said.size(), 1u);
    EXPECT_LE(said[0].at, asked + seconds(1));
  });
}

TEST(Membership, SpeaksAsTheOldestQuerierHeardLately) {
  with_seeds([](Member member) {
    (void)member.run(minutes(1));
    member.hear(kGeneralV2);
    EXPECT_EQ(member.run(seconds(20)).at(0).version, IgmpVersion::v2);
    member.hear(kGeneralV1);
    EXPECT_EQ(member.run(seconds(20)).at(0).version, IgmpVersion::v1);
    member.hear(kGeneral);
    EXPECT_EQ(member.run(seconds(20)).at(0).version, IgmpVersion::v1);
    // That of version 1 was heard last of all older ones 20 seconds ago; 260 are its time.
    (void)member.run(seconds(221));
    member.hear(kGeneral);
    EXPECT_EQ(member.run(seconds(20)).at(0).version, IgmpVersion::v3);
  });
}

TEST(Membership, AnOlderQuerierThatAsksOnIsNotForgotten) {
  with_seeds([](Member member) {
    for (int i = 0; i < 20; ++i) {
      member.hear(kGeneralV2);
      (void)member.run(seconds(125));
      EXPECT_EQ(version_of(member.membership, member.now), IgmpVersion::v2);
    }
    (void)member.run(seconds(136));
    EXPECT_EQ(version_of(member.membership, member.now), IgmpVersion::v3);
  });
}

// Only general queries say which version is spoken (RFC 3376, section 7.2.1).
TEST(Membership, AQueryAboutTheGroupChangesNoVersion) {
  Member member(1);
  member.hear({IgmpVersion::v2, false, seconds(1)});
  EXPECT_EQ(version_of(member.membership, member.now), IgmpVersion::v3);
}

// What was under way in the other version ends, and the query is answered.
TEST(Membership, AnotherVersionEndsWhatWasUnderWay) {
  with_seeds([](Member member) {
    ASSERT_EQ(member.run(Duration(0)).size(), 1u);  // the first of two
    member.hear(kGeneralV2);
    const auto said = member.run(minutes(1));
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].word, Word::member);
    EXPECT_EQ(said[0].version, IgmpVersion::v2);
  });
}

TEST(Membership, UnderAnOlderQuerierTheSecondWordTakesLonger) {
  Duration longest{0};
  with_seeds([&](Member member) {
    member.hear(kGeneralV2);
    (void)member.run(minutes(1));
    const TimePoint again = member.now;
    join(member.membership, again);
    const auto said = member.run(minutes(1));
    ASSERT_EQ(said.size(), 2u);
    EXPECT_EQ(said[0].at, again);
    EXPECT_LE(said[1].at, again + seconds(10));
    longest = std::max(longest, said[1].at - again);
  });
  EXPECT_GT(longest, seconds(5));
}

TEST(Membership, WithoutALinkNothingIsSaidUntilItComesBack) {
  with_seeds([](Member member) {
    ASSERT_EQ(member.run(Duration(0)).size(), 1u);
    member.hear(kGeneral);
    lose_link(member.membership);
    member.hear(kGeneral);
    EXPECT_TRUE(member.run(minutes(10)).empty());
    join(member.membership, member.now);
    EXPECT_EQ(member.run(minutes(10)).size(), 2u);
  });
}

TEST(Membership, EndsWithALeaveWhereTheVersionHasOne) {
  Member third(1);
  EXPECT_EQ(leave(third.membership, third.now), Word::left);
  EXPECT_EQ(leave(third.membership, third.now), std::nullopt);
  EXPECT_TRUE(third.run(minutes(1)).empty());
  Member second(1);
  second.hear(kGeneralV2);
  EXPECT_EQ(leave(second.membership, second.now), Word::left);
  Member first(1);
  first.hear(kGeneralV1);
  EXPECT_EQ(leave(first.membership, first.now), std::nullopt);
  EXPECT_TRUE(first.run(minutes(1)).empty());
}

// A storm of queries that want an answer at once gets ten a second.
TEST(Membership, AStormOfQueriesGetsFewAnswers) {
  with_seeds([](Member member) {
    (void)member.run(minutes(1));
    size_t answers = 0;
    for (int i = 0; i < 10'000; ++i) {
      member.hear({IgmpVersion::v3, i % 2 == 0, Duration(0)});
      answers += member.run(milliseconds(1)).size();
    }
    EXPECT_GE(answers, 90u);
    EXPECT_LE(answers, 101u);
  });
}

}  // namespace
}  // namespace carp::proto
