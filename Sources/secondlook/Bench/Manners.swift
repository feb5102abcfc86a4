import Engine
import Foundation

/// How a screen and a reading fare in the process that trains.
struct Manners {
  let network: BenchNetwork
  let plan: TrainingPlan

  /// Frames drawn, and inferences, alone and beside training.
  func rows() throws -> [BenchRow] {
    let model = try network.network()
    let parameters = model.benchParameters()
    let inference = try Inference(model, parameters, threads: plan.threads)
    let image = model.benchImages(1)
    var screen = RenderLoop()
    func infer(_ count: Int) throws -> Times {
      Times(
        try (0..<count).map { _ in
          Thread.sleep(forTimeInterval: 0.03)
          return try milliseconds { _ = try inference.run(image) }
        })
    }
    let quiet = (frames: screen.run(frames: 120), readings: try infer(30))
    let training = TrainingThread(plan, model, parameters)
    let busy = (frames: screen.run(frames: 300), readings: try infer(60))
    try training.stop()
    return [
      row("frame alone", quiet.frames, batch: 1),
      row("frame beside training", busy.frames, batch: plan.batch),
      row("infer alone", quiet.readings, batch: 1),
      row("infer beside training", busy.readings, batch: plan.batch),
    ]
  }

  private func row(_ what: String, _ times: Times, batch: Int) -> BenchRow {
    var row = BenchRow(what: what, network: network, batch: batch, ours: times)
    row.watchesTail = true
    return row
  }
}
