// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/tap.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// Jumbo frames in buffers of 2 KiB have five.
constexpr size_t kSegmentsMax = 8;

// A descriptor, or a negative error.
[[nodiscard]] int open_tap(const std::string& name) noexcept {
  const int descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  ifreq request{};
  std::copy_n(name.begin(), std::min(name.size(), sizeof request.ifr_name - 1), request.ifr_name);
  // Whole frames and nothing before them; never an interface that somebody else has made. The
  // kernel offers a tap without IFF_VNET_HDR no offloads, so it completes all checksums itself.
  request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL);
  if (ioctl(descriptor, TUNSETIFF, &request) == 0) return descriptor;
  const int error = errno;
  close(descriptor);
  return -error;
}

[[nodiscard]] StartError failed(const std::string& name, int error) {
  const std::string what = "host interface " + name + ": /dev/net/tun: " + strerror(error) + "; ";
  switch (error) {
    case EPERM:
    case EACCES: return {ExitCode::permission, what + "run as root, or give CAP_NET_ADMIN"};
    case EBUSY:
      return {ExitCode::unavailable, what +
                                         "an interface of that name is there already: give "
                                         "another host_name, or delete it (ip link del)"};
    case ENOENT:
    case ENODEV:
      return {ExitCode::unavailable, what +
                                         "load the kernel's module (modprobe tun), or use "
                                         "host = none"};
    default: return {ExitCode::unavailable, what + "give another host_name, or use host = none"};
  }
}

}  // namespace

Tap::Tap(const HostSpec& spec, const MbufPool& pool)
    : spec_(spec), pool_(pool.handle()), descriptor_(open_tap(spec.name)) {
  if (descriptor_ < 0) throw failed(spec.name, -descriptor_);
}

Tap::~Tap() {
  if (descriptor_ >= 0) close(descriptor_);
  rte_pktmbuf_free_bulk(spares_.data(), spare_count_);
}

bool Tap::reopen() noexcept {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = open_tap(spec_.name);
  gone_ = descriptor_ < 0;
  return !gone_;
}

unsigned Tap::send(std::span<rte_mbuf*> frames) noexcept {
  unsigned taken = 0;
  for (rte_mbuf* mbuf : frames) taken += deliver(mbuf) ? 1 : 0;
  rte_pktmbuf_free_bulk(frames.data(), static_cast<unsigned>(frames.size()));
  return taken;
}

// The kernel takes a frame at once, or not at all: then the interface is down or gone.
bool Tap::deliver(rte_mbuf* mbuf) noexcept {
  if (gone_ || mbuf->nb_segs > kSegmentsMax) return false;
  std::array<iovec, kSegmentsMax> segments;
  int count = 0;
  for (rte_mbuf* segment = mbuf; segment != nullptr; segment = segment->next)
    segments[count++] = {rte_pktmbuf_mtod(segment, void*), segment->data_len};
  if (writev(descriptor_, segments.data(), count) >= 0) return true;
  gone_ = errno == EBADFD;
  return false;
}

HostBurst Tap::receive(std::span<rte_mbuf*> frames) noexcept {
  HostBurst burst;
  while (!gone_ && burst.frames < frames.size()) {
    rte_mbuf* const mbuf = next_buffer();
    if (mbuf == nullptr) {
      ++burst.no_buffer;
      break;
    }
    const uint16_t room = rte_pktmbuf_tailroom(mbuf);
    const ssize_t length = read(descriptor_, rte_pktmbuf_mtod(mbuf, void*), room);
    if (length < 0) {
      gone_ = errno == EBADFD;
      break;
    }
    // What is cut off is not said: a frame that fills the buffer did not fit.
    if (length >= room || length > spec_.mtu + RTE_ETHER_HDR_LEN) {
      ++burst.too_long;
      if (burst.too_long == frames.size()) break;
      continue;
    }
    mbuf->data_len = static_cast<uint16_t>(length);
    mbuf->pkt_len = static_cast<uint32_t>(length);
    frames[burst.frames++] = mbuf;
    --spare_count_;
  }
  return burst;
}

// The last of the spares, which stays one until a frame is in it: most reads find none.
rte_mbuf* Tap::next_buffer() noexcept {
  if (spare_count_ == 0) {
    const auto wanted = static_cast<unsigned>(spares_.size());
    if (rte_pktmbuf_alloc_bulk(pool_, spares_.data(), wanted) == 0) {
      spare_count_ = wanted;
    } else {
      spares_[0] = rte_pktmbuf_alloc(pool_);
      spare_count_ = spares_[0] == nullptr ? 0 : 1;
    }
  }
  return spare_count_ == 0 ? nullptr : spares_[spare_count_ - 1];
}

}  // namespace carp::dpdk
