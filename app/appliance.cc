// SPDX-License-Identifier: BSD-3-Clause
#include "app/appliance.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>

#include "app/signals.h"
#include "lib/control/host_keeper.h"
#include "lib/control/loop.h"
#include "lib/control/metrics_page.h"
#include "lib/control/metrics_server.h"
#include "lib/control/notify_socket.h"
#include "lib/control/saved_config.h"
#include "lib/control/telemetry.h"
#include "lib/dpdk/capture.h"
#include "lib/dpdk/start_error.h"
#include "lib/dpdk/tsc_clock.h"
#include "lib/dpdk/version.h"

namespace carp::app {
namespace {

using control::Config;

[[nodiscard]] dpdk::MacFilter mac_filter_of(control::MacFilter filter) {
  switch (filter) {
    case control::MacFilter::automatic: return dpdk::MacFilter::automatic;
    case control::MacFilter::on: return dpdk::MacFilter::on;
    case control::MacFilter::off: return dpdk::MacFilter::off;
  }
  return dpdk::MacFilter::automatic;
}

static_assert(control::kBurstMax == dpdk::kMaxBurst);

[[nodiscard]] dpdk::Idle idle_of(control::Idle idle) {
  switch (idle) {
    case control::Idle::poll: return dpdk::Idle::poll;
    case control::Idle::pause: return dpdk::Idle::pause;
    case control::Idle::sleep: return dpdk::Idle::sleep;
  }
  return dpdk::Idle::poll;
}

[[nodiscard]] dpdk::WorkerConfig worker_config_of(const control::WorkersConfig& config) {
  return {.burst = config.burst,
          .idle = idle_of(config.idle),
          .arp_limit = config.arp_limit,
          .echo_limit = config.echo_limit};
}

// The ports, each once, though several interfaces (VLANs) may share one. Sizes are those of the
// interface that names the port first and gives them.
[[nodiscard]] std::vector<dpdk::PortConfig> ports_of(const Config& config) {
  std::vector<dpdk::PortConfig> ports;
  for (const control::InterfaceConfig& interface : config.interfaces) {
    auto port = std::find_if(ports.begin(), ports.end(),
                             [&](const auto& p) { return p.name == interface.port; });
    if (port == ports.end()) port = ports.insert(port, {.name = interface.port});
    if (!port->mtu) port->mtu = interface.mtu;
    if (!port->rx_descriptors) port->rx_descriptors = interface.rx_descriptors;
    if (!port->tx_descriptors) port->tx_descriptors = interface.tx_descriptors;
    if (interface.mac_filter != control::MacFilter::automatic)
      port->mac_filter = mac_filter_of(interface.mac_filter);
    for (const proto::VhostConfig& vhost : config.vhosts)
      if (vhost.interface == interface.name)
        port->virtual_macs.push_back(net::virtual_mac(vhost.vhid));
  }
  return ports;
}

// In the order of the configuration: the position is the HostId.
[[nodiscard]] std::vector<dpdk::HostConfig> hosts_of(const Config& config) {
  std::vector<dpdk::HostConfig> hosts;
  for (const control::InterfaceConfig& interface : config.interfaces) {
    if (interface.host == control::HostMode::none) continue;
    const bool is_tap = interface.host == control::HostMode::tap;
    hosts.push_back({.name = interface.host_name,
                     .kind = is_tap ? dpdk::HostKind::tap : dpdk::HostKind::virtio_user,
                     .port = interface.port});
  }
  return hosts;
}

[[nodiscard]] std::vector<control::InterfaceFacts> facts_of(const Config& config,
                                                            const dpdk::Runtime& runtime) {
  std::vector<control::InterfaceFacts> facts;
  dataplane::HostId hosts = 0;
  for (const control::InterfaceConfig& interface : config.interfaces) {
    const bool has_host = interface.host != control::HostMode::none;
    const dataplane::HostId host = has_host ? hosts++ : dataplane::kNoHost;
    for (const auto& port : runtime.ports())
      if (port->name() == interface.port)
        facts.push_back({port->id(), port->mac(), host, port->mtu(), port->filter_prunes()});
  }
  return facts;
}

[[nodiscard]] uint64_t unix_us() {
  using namespace std::chrono;
  return static_cast<uint64_t>(
      duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
}

// Never no password where one is to be asked for (I3.1).
[[nodiscard]] std::string password_of(const control::ControlConfig& console) {
  if (!console.password_file) return {};
  auto password = control::read_console_password(*console.password_file);
  if (!password)
    throw dpdk::StartError(
        dpdk::ExitCode::config,
        "[control] password_file " + *console.password_file + ": " + password.error().reason);
  return std::move(password.value());
}

[[nodiscard]] std::optional<control::MetricsServer> serve_metrics(
    const control::MetricsConfig& config, control::Inquiries& inquiries) {
  if (!config.listen) return std::nullopt;
  return std::optional<control::MetricsServer>(
      std::in_place, *config.listen,
      [page = std::make_shared<control::MetricsPage>(inquiries)] { return page->get(); },
      [](const std::string& line) {
        dpdk::log(dpdk::LogType::control, dpdk::LogLevel::warning, line);
      });
}

[[nodiscard]] control::ServiceManager::Send sender_to(const control::NotifySocket& socket,
                                                      const control::ServiceEnvironment& service) {
  if (service.socket.empty()) return {};
  return [&socket](const std::string& text) { return socket.send(text); };
}

void log_port(const dpdk::Port& port) {
  using dpdk::LogLevel;
  using dpdk::LogType;
  for (const std::string& warning : port.warnings())
    dpdk::log(LogType::control, LogLevel::warning, "port=" + port.name() + " " + warning);
  dpdk::log(LogType::control, LogLevel::info,
            "port=" + port.name() + " event=started driver=" + port.driver() + " mac=" +
                to_string(port.mac()) + " rx_queues=" + std::to_string(port.queues().rx_queues) +
                " tx_queues=" + std::to_string(port.queues().tx_queues));
}

void log_host(const dpdk::HostConfig& host) {
  const char* kind = host.kind == dpdk::HostKind::tap ? "tap" : "virtio_user";
  dpdk::log(dpdk::LogType::control, dpdk::LogLevel::info,
            "host=" + host.name + " event=made kind=" + kind + " port=" + host.port);
}

// What `show version` tells besides versions.
[[nodiscard]] std::vector<std::string> notes_of(const dpdk::Capture& capture) {
  if (capture.why_not().empty()) return {};
  return {capture.why_not()};
}

}  // namespace

// What stands above another thing here is used by it, and lives longer.
void run_appliance(const Options& options, Config config) {
  static control::Requests requests;    // signal handlers know it to the end of the program
  static control::Inquiries inquiries;  // and so do the threads that ask
  const control::ControlConfig console = config.control;
  const std::string state_dir = config.global.state_dir;
  const control::ServiceEnvironment service = control::take_service_environment();
  const control::NotifySocket notify_socket(service.socket);
  control::ServiceManager service_manager(sender_to(notify_socket, service), service.watchdog);
  const std::vector<dpdk::HostConfig> hosts = hosts_of(config);
  // Before the EAL ties this thread to a core, where these shall not run.
  control::Helper helper;
  control::ProgramRunner runner;
  std::optional<control::HostKeeper> host_keeper;
  if (!hosts.empty()) host_keeper.emplace();
  const auto metrics = serve_metrics(config.metrics, inquiries);

  dpdk::Eal eal(options.eal_arguments);
  install_signal_handlers(requests);  // after the EAL, which may set its own
  const dpdk::Capture capture;
  dpdk::Runtime runtime(eal, ports_of(config), worker_config_of(config.workers), hosts);
  for (const auto& port : runtime.ports()) log_port(*port);
  for (const dpdk::HostConfig& host : hosts) log_host(host);

  const auto leases = std::make_unique<dataplane::LeaseBoard>();
  std::vector<control::InterfaceFacts> facts = facts_of(config, runtime);
  control::Engine engine({.config = std::move(config),
                          .facts = std::move(facts),
                          .leases = leases.get(),
                          .unix_us = unix_us(),
                          .now = dpdk::boot_now(),
                          .seed = std::random_device()(),
                          .stored_counters = control::load_counters(state_dir),
                          .maintenance = control::load_maintenance(state_dir)});
  if (engine.in_maintenance())
    dpdk::log(dpdk::LogType::control, dpdk::LogLevel::notice,
              "event=maintenance_on since an earlier run; maintenance off ends it");
  control::Loop loop({.engine = engine,
                      .leases = *leases,
                      .runtime = runtime,
                      .helper = helper,
                      .runner = runner,
                      .host_keeper = host_keeper ? &*host_keeper : nullptr,
                      .inquiries = inquiries,
                      .service_manager = service_manager,
                      .config_file = options.config_file,
                      .state_dir = state_dir,
                      .console = console,
                      .console_password = password_of(console),
                      .versions = versions(),
                      .notes = notes_of(capture)});
  control::serve_telemetry(inquiries);
  runtime.launch();
  loop.run(requests);
  runtime.stop();

  const std::string error = control::save_counters(state_dir, engine.counters().by_key());
  if (!error.empty())
    dpdk::log(dpdk::LogType::control, dpdk::LogLevel::warning, "state_dir: " + error);
}

std::vector<std::string> versions() {
  return {"dpdk-carp " DPDK_CARP_VERSION, dpdk::version(), OpenSSL_version(OPENSSL_VERSION)};
}

}  // namespace carp::app
