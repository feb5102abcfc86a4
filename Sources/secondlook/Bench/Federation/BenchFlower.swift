import Engine
import Federation
import Foundation
import Reporting

/// A stock SuperLink of Flower's that runs the application SecondLook ships for coordinators.
final class BenchFlower {
  private let python: URL
  private let place: URL
  private let state: URL
  private let link: BenchTool

  /// Starts it at a port of this machine, with a model to begin with.
  init(python: URL, in place: URL, port: Int, _ model: Parameters) throws {
    (self.python, self.place) = (python, place)
    state = place.appending(path: "state", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    let assets = try Assets.folder()
    // A copy, for its makers' tools write into it; and with a client that a stock node can run.
    let application = place.appending(path: "app")
    try FileManager.default.copyItem(at: assets.appending(path: "flower"), to: application)
    let client = application.appending(path: "secondlook_federation/client.py")
    try FileManager.default.removeItem(at: client)
    try FileManager.default.copyItem(
      at: assets.appending(path: "bench/flower_client.py"), to: client)
    let weights = place.appending(path: "weights")
    try Data(model.encoded()).write(to: weights)
    try BenchTool.run(
      "/usr/bin/env",
      Self.environment(python, place) + [
        "PYTHONPATH=\(application.path)", python.path, "-m", "secondlook_federation.model",
        weights.path, state.appending(path: "initial.npz").path,
      ], in: place)
    try Data(
      """
      [superlink]
      default = "bench"
      [superlink.bench]
      address = "127.0.0.1:\(port)"
      insecure = true
      """.utf8
    ).write(to: place.appending(path: "config.toml"))
    link = try BenchTool(
      "/usr/bin/env",
      Self.environment(python, place) + [
        python.deletingLastPathComponent().appending(path: "flower-superlink").path, "--insecure",
        "--port", "\(port)", "--disable-runtime-dependency-installation",
      ], in: place)
    try link.waitUntilListening(at: port)
  }

  deinit { link.stopTree() }

  /// What its makers' programs are told, for `env`.
  static func environment(_ python: URL, _ place: URL) -> [String] {
    [
      "PATH=\(python.deletingLastPathComponent().path):/usr/bin:/bin", "HOME=\(place.path)",
      "FLWR_HOME=\(place.path)", "FLWR_TELEMETRY_ENABLED=0", "FLWR_DISABLE_UPDATE_CHECK=1",
      "PYTHONDONTWRITEBYTECODE=1", "TMPDIR=\(place.path)",
    ]
  }

  /// Leads rounds with the one node there is, and tells as each ends.
  func lead(_ rounds: Int, in bits: UpdateBits?, ended: (Int) -> Void) throws {
    let settings =
      "state='\(state.path)' rounds=\(rounds) quorum=1 steps=1 longest-change=1000.0 "
      + "quorum-wait=60.0 round-wait=300.0 update-bits=\(bits?.rawValue ?? 0)"
    try BenchTool.run(
      "/usr/bin/env",
      Self.environment(python, place) + [
        python.deletingLastPathComponent().appending(path: "flwr").path, "run",
        place.appending(path: "app").path, "bench", "--run-config", settings,
      ], in: place)
    let end = ContinuousClock.now + .seconds(600)
    var seen = 0
    while seen < rounds {
      let lines =
        (try? String(contentsOf: state.appending(path: "ledger.jsonl"), encoding: .utf8)) ?? ""
      let done = lines.split(separator: "\n").count { $0.contains("\"kind\":\"train\"") }
      while seen < min(done, rounds) {
        seen += 1
        ended(seen)
      }
      guard .now < end else {
        throw BenchError.failed(process: "flwr", saying: "round \(seen + 1) does not end")
      }
      usleep(5_000)
    }
  }
}
