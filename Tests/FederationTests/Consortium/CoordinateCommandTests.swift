import Engine
import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite(
  "secondlook federation coordinate leads from nothing to the last round",
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: Program.executable.path),
    "the program is not built beside the tests"))
struct CoordinateCommandTests {
  /// The consortium's folder, with both nodes on its roster as a person puts them there.
  private func begin(
    _ program: Program, _ nodes: [NodeFolder], in place: URL? = nil
  ) async throws -> ConsortiumFolder {
    let place = place ?? program.folder.appending(path: "consortium")
    for (name, node) in zip(["North", "Lakeside"], nodes) {
      let words = node.key.publicOpenSSH.split(separator: " ").map(String.init)
      let added = try await program.run(
        "federation", "roster", "add", name, words[0], words[1], "--folder", place.path)
      #expect(added.status == 0, "\(added)")
      #expect(added.output.contains(try PublicNodeKey(node.key.publicPEM).fingerprint))
    }
    return try ConsortiumFolder(place)
  }

  private func launch(
    _ folder: ConsortiumFolder, port: UInt16, log: String, _ more: [String] = []
  ) throws -> Launched {
    try Tool(
      executable: Program.executable,
      arguments: [
        "federation", "coordinate", "--folder", folder.place.path, "--listen", "127.0.0.1:\(port)",
        "--rounds", "3", "--json",
      ] + more
    ).launch(writingTo: folder.place.appending(path: log))
  }

  /// Lets nodes that add 1 and 2 take part while the body runs.
  private func nodes(
    _ folders: [NodeFolder], port: UInt16, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let address = try CoordinatorAddress(try #require(URL(string: "http://127.0.0.1:\(port)")))
    let ways = folders.map { FlowerTransport(address, key: $0.key) }
    let outcome: Result<Void, any Error>
    do {
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for (index, (folder, way)) in zip(folders, ways).enumerated() {
          let node = FederationNode(way, folder: folder, pause: .milliseconds(50)) { _ in }
          group.addTask {
            try await node.run { message in
              guard message.heading.kind == "train" else { return .refusal(.notAllowed) }
              return try addingStep(Float(index + 1), to: message)
            }
            return false
          }
        }
        group.addTask {
          try await body()
          return true
        }
        defer { group.cancelAll() }
        while let isOver = try await group.next(), !isOver {}
      }
      outcome = .success(())
    } catch { outcome = .failure(error) }
    for way in ways { await way.close() }
    try outcome.get()
  }

  /// What three rounds make of the first model, of ten examples and of twenty.
  private func expected(from first: Parameters) throws -> Parameters {
    func moved(_ model: Parameters, by step: Float) -> Parameters {
      var model = model
      for entry in model.entries.indices {
        model.entries[entry].values = model.entries[entry].values.map { $0 + step }
      }
      return model
    }
    return try (0..<3).reduce(first) { model, _ in
      try Parameters.weightedMean([(moved(model, by: 1), 10), (moved(model, by: 2), 20)])
    }
  }

  @Test("killed in the middle and started again, it ends with the model it would have had")
  func killed() async throws {
    let program = try Program()
    defer { program.clean() }
    let places = try (0..<2).map { try NodeFolder(program.folder.appending(path: "node-\($0)")) }
    let folder = try await begin(program, places)
    let port = freePort()
    // They move every one of half a million values, which nobody believes of an honest site.
    let believing = ["--longest-change", "1e9"]
    try await nodes(places, port: port) {
      let first = try launch(
        folder, port: port, log: "first.log", ["--model", Self.shipped.path] + believing)
      _ = try? await first.says(#/"round":1,/#, within: .seconds(600))
      first.signal(SIGKILL)
      _ = await first.end()
      let second = try launch(folder, port: port, log: "second.log", believing)
      _ = try? await second.says(#/"measured"/#, within: .seconds(600))
      let status = await second.end(within: .seconds(60))
      #expect(status == 0, "\(first.output)\n\(second.output)")
      #expect(second.output.contains("no medical device"))
    }
    let kept = try #require(try Checkpoint(from: folder))
    let begun = try ParameterFile.load(kept.beginning, from: folder.models)
    #expect(kept.round == 3 && kept.isMeasured)
    #expect(kept.standing.model == (try expected(from: begun)))
    _ = try ConsortiumLedger(at: folder.ledgerFile, signedBy: folder.key)
    let added = try await program.run(
      "model", "add", folder.place.appending(path: "model").path)
    #expect(added.output.contains("is a candidate"), "\(added)")
    let shown = try await program.run("model", "list")
    #expect(shown.output.contains("North Lakeside"), "\(shown)")
  }

  /// The model that comes with the program.
  private static let shipped = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../assets/models/chest").standardized

  @Test("^C stops it with what is kept, and without sites it says how many are missing")
  func stopped() async throws {
    let program = try Program()
    defer { program.clean() }
    let places = try (0..<2).map { try NodeFolder(program.folder.appending(path: "node-\($0)")) }
    let folder = try await begin(program, places)
    let waiting = try launch(folder, port: freePort(), log: "waiting.log")
    _ = try? await waiting.says(#/Round 1 waits for 2 sites/#, within: .seconds(600))
    waiting.signal(SIGINT)
    #expect(await waiting.end(within: .seconds(60)) == 0, "\(waiting.output)")
    #expect(waiting.output.contains("the same command goes on"))
    let impatient = try launch(
      folder, port: freePort(), log: "impatient.log", ["--quorum-wait", "1"])
    #expect(await impatient.end(within: .seconds(600)) == 1)
    #expect(impatient.output.contains("0 of at least 2 sites came within 1 s"))
  }

  @Test("before there are enough sites it answers those that join, and begins once they are known")
  func joining() async throws {
    let program = try Program()
    defer { program.clean() }
    let folder = try ConsortiumFolder(program.folder.appending(path: "new"))
    let port = freePort()
    let waiting = try launch(folder, port: port, log: "waiting.log")
    _ = try? await waiting.says(#/The roster has 0 of the 2 sites/#, within: .seconds(600))
    let address = try CoordinatorAddress(try #require(URL(string: "http://127.0.0.1:\(port)")))
    let way = FlowerTransport(address, key: NodeKey())
    await #expect(throws: FleetError.unknownKey(server: "127.0.0.1:\(port)")) {
      try await way.activate(resuming: nil)
    }
    await way.close()
    _ = try await begin(
      program,
      (0..<2).map {
        try NodeFolder(program.folder.appending(path: "node-\($0)"))
      }, in: folder.place)
    _ = try? await waiting.says(#/Round 1 waits for 2 sites/#, within: .seconds(600))
    waiting.signal(SIGINT)
    #expect(await waiting.end(within: .seconds(60)) == 0, "\(waiting.output)")
    #expect(waiting.output.contains(/Round 1 waits for 2 sites; online: none/))
  }

  @Test("started again with other options, it says which, and what to do")
  func otherwise() async throws {
    let program = try Program()
    defer { program.clean() }
    let places = try (0..<2).map { try NodeFolder(program.folder.appending(path: "node-\($0)")) }
    let folder = try await begin(program, places)
    let model = parameters([0, 1])
    try Checkpoint(round: 1, standing: Standing(model: model), beginning: model.digest)
      .save(in: folder)
    // As the program has them if nothing is said.
    let usual = try ConsortiumPlan(
      rounds: 3, work: RoundTask.Work(steps: 100, batch: 16, learningRate: 2e-3, seed: 1),
      doubt: .init(longestChange: 50))
    try KeptPlan(usual).save(in: folder)
    let refused = try launch(folder, port: freePort(), log: "refused.log", ["--steps", "50"])
    #expect(await refused.end(within: .seconds(600)) == 1)
    #expect(refused.output.contains("--steps was 100 and is 50 now. Nothing was sent."))
    #expect(refused.output.contains("take a new folder"))
    let patient = try launch(
      folder, port: freePort(), log: "patient.log", ["--quorum-wait", "1"])
    #expect(await patient.end(within: .seconds(600)) == 1)
    #expect(patient.output.contains("--quorum-wait was 900 and is 1 now"))
    #expect(patient.output.contains("Round 2: 0 of at least 2 sites"))
  }

  @Test("it listens to other machines with a certificate only, and every mistake says what to do")
  func mistakes() async throws {
    let program = try Program()
    defer { program.clean() }
    let places = try (0..<2).map { try NodeFolder(program.folder.appending(path: "node-\($0)")) }
    let folder = try await begin(program, places).place.path
    for (words, advice) in [
      (["--listen", "0.0.0.0:8000"], "Give --certificate and --key"),
      (["--listen", "nowhere"], "--listen is HOST:PORT"),
      (["--longest-change", "0"], "with fedavg one liar may else do anything"),
      (["--longest-change", "nan"], "above 0, up to 1e15"),
      (["--strategy", "multikrum"], "needs a quorum of 5"), (["--noise", "1"], "give --clip too"),
    ] {
      let tool = Tool(
        executable: Program.executable,
        arguments: ["federation", "coordinate", "--folder", folder] + words)
      let log = program.folder.appending(path: UUID().uuidString)
      #expect(try await tool.run(writingTo: log, within: .seconds(600)) != 0)
      #expect(try String(contentsOf: log, encoding: .utf8).contains(advice), "\(words)")
    }
    let nobody = try await program.run(
      "federation", "roster", "--folder", program.folder.appending(path: "none").path)
    #expect(nobody.output.contains("secondlook federation roster add NAME KEY"), "\(nobody)")
  }
}
