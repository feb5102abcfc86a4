import ArgumentParser
import Engine
import Federation
import Foundation

struct BenchFederation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "federation",
    abstract: "What a round costs a site: bytes up and down, memory, the start of a node.",
    discussion: """
      One node takes part in some rounds with the network that ships, and with one 20 times as \
      large; what it and its coordinator say to each other is counted on its way. Nothing is \
      trained: the model is changed a little, here and there alike. With --peers a stock SuperLink \
      of Flower's leads, and its SuperNode does the same rounds in turn; Flower is installed into \
      the cache.
      """)

  @Flag(help: "Measure Flower's node in turn with ours.") var peers = false
  @Flag(help: "Print JSON.") var json = false
  @Option(
    help: ArgumentHelp("Measure only a round of so many nodes at once, over TLS.", valueName: "n"))
  var nodes = 0

  func validate() throws {
    guard (0...200).contains(nodes) else { throw ValidationError("--nodes is from 0 to 200.") }
  }

  func run() async throws {
    let python = peers ? try PeerEnvironment.prepared(.federation).python : nil
    let load = machineLoad()
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
    let leftover = Leftovers.add { try? FileManager.default.removeItem(at: folder) }
    defer {
      try? FileManager.default.removeItem(at: folder)
      Leftovers.forget(leftover)
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    var bench = FederationBench(folder: folder, python: python)
    let model = try BenchNetwork.chest.network().benchParameters()
    var rows: [BenchFigure] = []
    var told = 0
    func tell() {
      progress.clear()
      if !json { say(BenchFigure.text(Array(rows[told...])) + "\n") }
      told = rows.count
    }
    if !json { say(String(format: "Federation; load before %.1f\n", load)) }
    var memory: [String: [Double]] = [:]
    for (times, size) in [(1, ""), (20, ", 20 times the model")] where nodes == 0 {
      let model = times == 1 ? model : model.enlarged(times)
      // A second round of the large one says no more than the first did.
      bench.rounds = times == 1 ? 3 : 2
      let raw = Double(model.count * 4) / 1000
      progress.show("Flower\(size) …")
      let flower = peers ? try await bench.measure(.flower, model) : nil
      var ours: [Int: FederationBench.Outcome] = [:]
      let widths: [UpdateBits?] = times == 1 ? [nil, .sixteen, .eight] : [nil, .eight]
      for bits in widths {
        progress.show("\(bits?.rawValue ?? 32) bits\(size) …")
        ours[bits?.rawValue ?? 32] = try await bench.measure(.ours(bits), model)
      }
      func row(
        _ what: String, _ unit: String, aim: Double? = nil, raw: Double? = nil, bits: Int,
        _ figure: (FederationBench.Outcome) -> Double
      ) {
        var peers: [String: Double] = [:]
        peers["raw float32"] = raw
        peers["Flower"] = flower.map(figure)
        rows.append(
          BenchFigure(
            what: what + size, unit: unit, ours: ours[bits].map(figure) ?? .nan, peers: peers,
            aim: aim, isCost: true))
      }
      for bits in widths.map({ $0?.rawValue ?? 32 }) {
        row("up a round, \(bits) bits", "kB", aim: bits == 8 ? 4 : nil, raw: raw, bits: bits) {
          $0.up / 1000
        }
      }
      for bits in widths.map({ $0?.rawValue ?? 32 }) {
        row("down a round, \(bits) bits", "kB", aim: bits == 8 ? 4 : nil, raw: raw, bits: bits) {
          $0.down / 1000
        }
      }
      row("both ways, 8 bits", "kB", aim: 4, raw: 2 * raw, bits: 8) { ($0.up + $0.down) / 1000 }
      row("memory of the node", "MB", aim: 5, bits: 32) { $0.memory }
      row("memory of the node, 8 bits", "MB", aim: 5, bits: 8) { $0.memory }
      row("start until it asks for work", "ms", bits: 8) { $0.start }
      for (name, outcome) in [("Flower", flower), ("32", ours[32]), ("8", ours[8])] {
        if let outcome { memory[name, default: []].append(outcome.memory) }
      }
      tell()
    }
    if nodes == 0 {
      for (bits, words) in [("32", ""), ("8", ", 8 bits")] {
        rows.append(Self.growth(of: memory, bits, words, by: 19 * Double(model.count * 4) / 1e6))
      }
      tell()
    }
    if nodes > 0 {
      progress.show("\(nodes) nodes …")
      let crowd = try await CrowdBench(folder: folder, nodes: nodes).measure(model)
      rows.append(
        BenchFigure(
          what: "a round of \(nodes) nodes, TLS", unit: "s", ours: crowd.seconds, isCost: true))
      rows.append(
        BenchFigure(
          what: "memory of all \(nodes) and their coordinator", unit: "MB", ours: crowd.memory,
          isCost: true))
      if let python {
        progress.show("\(nodes) nodes at a stock SuperLink …")
        let seconds = try await CrowdBench(folder: folder, nodes: nodes).measure(
          model, ledBy: python)
        rows.append(
          BenchFigure(
            what: "a round of \(nodes) nodes, stock SuperLink", unit: "s", ours: seconds,
            isCost: true))
      }
    }
    if json { return try sayJSON(rows) }
    if told < rows.count { tell() }
  }
}

extension BenchFederation {
  /// How many bytes of memory each byte takes by which the model grew.
  private static func growth(
    of memory: [String: [Double]], _ bits: String, _ words: String, by growth: Double
  ) -> BenchFigure {
    let copies = memory.compactMapValues { sizes in
      sizes.count == 2 ? (sizes[1] - sizes[0]) * 1.048576 / growth : nil
    }
    var figure = BenchFigure(
      what: "memory for each byte of model\(words)", unit: "B", ours: copies[bits] ?? .nan,
      isCost: true)
    figure.peers["Flower"] = copies["Flower"]
    return figure
  }
}

extension Parameters {
  /// As many arrays, each so many times as large.
  fileprivate func enlarged(_ times: Int) -> Parameters {
    Parameters(
      entries: entries.map { entry in
        .init(
          name: entry.name, shape: [times] + entry.shape,
          // No part like another: equal ones would travel once.
          values: (0..<times).flatMap { time in
            entry.values.map { $0 * (1 + Float(time) / 100) }
          })
      })
  }
}

/// A process that `bench federation` starts to be measured.
struct BenchNode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Takes part in rounds and learns nothing.",
    shouldDisplay: false)

  @Argument var address: String
  @Argument var folder: String

  func run() async throws {
    guard let url = URL(string: address) else { throw ExitCode.validationFailure }
    let place = URL(filePath: folder, directoryHint: .isDirectory)
    let folder = try NodeFolder(place)
    let transport = FlowerTransport(try CoordinatorAddress(url), of: folder)
    let work = IdleWork(in: place)
    try await FederationNode(transport, folder: folder) { _ in }.run { message in
      try await work.answer(message)
    }
  }
}

/// Moves every value of a model a little, as somebody who learned something would.
actor IdleWork {
  private let kept: KeptModels
  private var owed: Parameters?
  // Not the system's, which would be asked for each of millions of values.
  private var random = EvenNumbers(seed: .random(in: 0 ... .max))

  /// `folder` is the node's own.
  init(in folder: URL) { kept = KeptModels(in: folder, of: "bench") }

  /// As training moves a value: small changes are more than large ones.
  ///
  /// Packed, one of these takes 7.6 bits of 8; what three rounds made of the shipped network on real
  /// chests takes 7.4 to 7.55.
  private func step() -> Float { 1e-3 * (random.next() + random.next() + random.next()) }

  func answer(_ message: FleetMessage) throws -> SealedReply {
    let instruction = try LearningInstruction(message, kept: kept)
    guard instruction.kind == .train else { return .refusal(.notAllowed) }
    var trained = instruction.model
    for entry in trained.entries.indices {
      for place in trained.entries[entry].values.indices {
        trained.entries[entry].values[place] += step()
      }
    }
    let gate = try PrivacyGate()
    guard let bits = instruction.updateBits else {
      return try gate.seal(consume trained, trainedOn: 1, of: instruction.model)
    }
    try kept.keep(instruction)
    let before = owed
    owed = nil
    let sealed = try gate.seal(
      consume trained, trainedOn: 1, of: instruction.model, in: bits, owing: consume before,
      holding: instruction.named)
    owed = sealed.owed
    return sealed.reply
  }
}
