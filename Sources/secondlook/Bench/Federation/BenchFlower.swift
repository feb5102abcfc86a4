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

  /// A round as the application's ledger has it.
  struct Round: Decodable {
    /// Sites whose change counted.
    let updates: [Update]
    private let began: String

    struct Update: Decodable {}

    /// Seconds since it began.
    var seconds: Double {
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      return (try? style.parse(began)).map { Date().timeIntervalSince($0) } ?? .nan
    }
  }

  /// Leads rounds with so many nodes, and tells as each ends.
  func lead(
    _ rounds: Int, with nodes: Int = 1, in bits: UpdateBits?, ended: (Int, Round) -> Void
  ) async throws {
    let settings =
      "state='\(state.path)' rounds=\(rounds) quorum=\(nodes) steps=1 longest-change=1000.0 "
      + "quorum-wait=60.0 round-wait=900.0 update-bits=\(bits?.rawValue ?? 0)"
    try await BenchTool(
      "/usr/bin/env",
      Self.environment(python, place) + [
        python.deletingLastPathComponent().appending(path: "flwr").path, "run",
        place.appending(path: "app").path, "bench", "--run-config", settings,
      ], in: place
    ).end()
    let end = ContinuousClock.now + .seconds(900)
    var seen = 0
    while seen < rounds {
      let done = try ledger()
      for round in done.dropFirst(seen).prefix(rounds - seen) {
        seen += 1
        ended(seen, round)
      }
      guard .now < end else {
        throw BenchError.failed(
          process: "flwr", saying: "round \(seen + 1) does not end; \(link.words.suffix(1_000))")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// The rounds whose lines are whole.
  private func ledger() throws -> [Round] {
    guard let bytes = try? Data(contentsOf: state.appending(path: "ledger.jsonl")),
      let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    else { return [] }
    return try bytes[..<end].split(separator: UInt8(ascii: "\n"))
      .filter { $0.firstRange(of: Data(#""kind":"train""#.utf8)) != nil }
      .map { try JSONDecoder().decode(Round.self, from: $0) }
  }
}
