import Foundation

/// The peers in one Python process, with one network, until the object goes.
struct Peers {
  private let process: ChildProcess

  init(_ environment: PeerEnvironment, _ folder: BenchFolder, threads: Int) throws {
    process = try ChildProcess(
      "peers.py", environment.python,
      [environment.script.path, "serve", folder.url.path, "\(threads)"], in: folder)
  }

  /// What each peer gives for the images, and why others give nothing.
  struct Outputs: Decodable {
    let outputs: [String: [Float]]
    let absent: [String: String]
  }

  /// Has each peer infer once, with floats or with bytes.
  func infer(onBytes: Bool = false) throws -> Outputs {
    try ask(Request(do: onBytes ? "infer_bytes" : "infer"))
  }

  /// The losses of each mode's first steps, and why other modes do not train.
  struct Losses: Decodable {
    let losses: [String: [Float]]
    let absent: [String: String]
  }

  /// Has each mode take its first steps.
  func train(_ plan: TrainingPlan, modes: [String]) throws -> Losses {
    try ask(
      Request(
        do: "train", optimizer: plan.optimizer.rawValue, rate: plan.rate,
        steps: TrainingPlan.compared, modes: modes))
  }

  /// Milliseconds of each run, after some that are not counted.
  func run(_ name: String, warmups: Int, runs: Int) throws -> [Double] {
    struct Answer: Decodable { let ms: [Double] }
    let answer: Answer = try ask(Request(do: "run", name: name, warmups: warmups, runs: runs))
    return answer.ms
  }

  private struct Request: Encodable {
    let `do`: String
    var name: String?
    var warmups: Int?
    var runs: Int?
    var optimizer: String?
    var rate: Float?
    var steps: Int?
    var modes: [String]?
  }

  private struct Refusal: Decodable { let error: String }

  private func ask<Answer: Decodable>(_ request: Request) throws -> Answer {
    try process.write(JSONEncoder().encode(request))
    let line = try process.readLine()
    if let refusal = try? JSONDecoder().decode(Refusal.self, from: line) {
      throw BenchError.failed(process: "peers.py", saying: refusal.error)
    }
    return try JSONDecoder().decode(Answer.self, from: line)
  }
}
