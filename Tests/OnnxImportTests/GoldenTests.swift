import Engine
import Testing

@testable import OnnxImport

@Suite("An imported network computes what ONNX Runtime computes")
struct GoldenTests {
  @Test("to a ten-thousandth of the largest number", arguments: Fixture.allCases)
  func agrees(fixture: Fixture) throws {
    let model = try fixture.model()
    let golden = try fixture.golden(model.network)
    let result = try Inference(model.network, model.parameters).run(golden.image)
    // Two engines add single-precision products in different orders through some dozen layers.
    let scale = golden.result.reduce(0) { max($0, abs($1)) }
    let error = zip(result, golden.result).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(scale > 0.01 && error < 1e-4 * scale)
  }
}
